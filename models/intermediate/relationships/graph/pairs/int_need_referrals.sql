-- Question: for each need that customers have open, which partner stands at most of
-- them, and whom could it bring in? Grain: segment (and `all`) and need for which there
-- are both. Only ties that may be shown name a partner; those that serve are left out.
with

served as (

    select account_key, segment, partner_key, is_open
    from {{ ref('int_customers_served') }}

),

covers as (

    select partner_key, need from {{ ref('int_partners_covering') }}

),

standing as (

    select
        served.account_key,
        served.segment,
        served.partner_key,
        open_needs.need
    from served
    inner join {{ ref('int_customers_open_needs') }} as open_needs
        on served.account_key = open_needs.account_key
    where served.is_open

),

cohorts as (

    select standing.*, standing.segment as cohort from standing
    union all
    select standing.*, 'all' as cohort from standing

),

counted as (

    select
        cohort,
        need,
        partner_key,
        row_number() over (
            partition by cohort, need order by count(*) desc, partner_key asc
        ) as standing_order
    from cohorts
    group by cohort, need, partner_key

),

bringing as (

    select
        cohorts.cohort,
        cohorts.need,
        cohorts.partner_key,
        covers.partner_key as other_partner_key,
        count(*) as n_accounts
    from counted
    inner join cohorts
        on counted.cohort = cohorts.cohort
        and counted.need = cohorts.need
        and counted.partner_key = cohorts.partner_key
    inner join covers
        on cohorts.need = covers.need
        and cohorts.partner_key <> covers.partner_key
    left join served as already
        on cohorts.account_key = already.account_key
        and covers.partner_key = already.partner_key
    where counted.standing_order = 1 and already.account_key is null
    group by
        cohorts.cohort,
        cohorts.need,
        cohorts.partner_key,
        covers.partner_key

),

ranked as (

    select
        bringing.*,
        row_number() over (
            partition by cohort, need order by n_accounts desc, other_partner_key asc
        ) as bringing_order
    from bringing

),

final as (

    select
        ranked.cohort as segment,
        ranked.need,
        ranked.partner_key,
        ranked.other_partner_key,
        partners.label || ' could bring in ' || others.label as could_refer,
        {{ whole('ranked.n_accounts') }} as n_accounts
    from ranked
    inner join {{ ref('int_graph_nodes') }} as partners
        on ranked.partner_key = partners.node_key
    inner join {{ ref('int_graph_nodes') }} as others
        on ranked.other_partner_key = others.node_key
    where ranked.bringing_order = 1

)

select * from final
