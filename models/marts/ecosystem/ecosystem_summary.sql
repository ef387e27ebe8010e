-- Question: how large and how complete is the ecosystem around our customers, as a
-- whole and by segment? Grain: segment, and `all`, as of as_of_date. second_degree
-- counts nodes of the graph that customers reach over one other node.
with

scores as (

    select segment, account_key, ecs, known_pct, arr, band
    from {{ ref('int_account_ecs') }}
    where is_latest

),

ties as (

    select segment, partner_key
    from {{ ref('int_partner_account_ecs') }}
    where is_latest

),

listed_scores as (

    select scores.*, segment as cohort from scores
    union all
    select scores.*, 'all' as cohort from scores

),

listed_ties as (

    select ties.*, segment as cohort from ties
    union all
    select ties.*, 'all' as cohort from ties

),

summed as (

    select
        cohort,
        count(*) as n_accounts,
        sum(arr) as arr,
        count(ecs) as n_scored,
        avg(ecs) as ecs,
        avg(known_pct) as known_pct,
        sum(case when band = 'exposed' then 1 else 0 end) as n_exposed
    from listed_scores
    group by cohort

),

tied as (

    select
        cohort,
        count(distinct partner_key) as n_partners,
        count(*) as first_degree
    from listed_ties
    group by cohort

),

gaps as (

    select
        segment,
        {{ ordered_list('need', ', ', 'need_rank') }} as unmet_needs
    from {{ ref('unmet_needs') }}
    where
        need_rank <= {{ rule('unmet_needs_listed') }}
        and weight_unmet + weight_not_offered > 0
    group by segment

),

reach as (

    select * from {{ ref('int_graph_reach') }}

),

unresolved as (

    select 'all' as cohort, count(*) as n_ties_unresolved
    from {{ ref('int_graph_statements') }}
    where from_node_key is null or to_node_key is null

),

final as (

    select
        summed.cohort as segment,
        {{ whole('summed.n_accounts') }} as n_accounts,
        cast(summed.arr as {{ type_double() }}) as arr,
        {{ whole('coalesce(tied.n_partners, 0)') }} as n_partners,
        {{ whole('coalesce(tied.first_degree, 0)') }} as first_degree,
        {{ whole('coalesce(reach.second_degree, 0)') }} as second_degree,
        {{ whole('coalesce(reach.n_hubs, 0)') }} as n_hubs,
        {{ whole('coalesce(reach.n_hub_ties, 0)') }} as n_hub_ties,
        {{ whole('unresolved.n_ties_unresolved') }} as n_ties_unresolved,
        cast(summed.ecs as {{ type_double() }}) as ecs,
        {{ whole('summed.n_scored') }} as n_scored,
        {{ whole('summed.n_exposed') }} as n_exposed,
        cast(summed.known_pct as {{ type_double() }}) as known_pct,
        gaps.unmet_needs
    from summed
    left join tied on summed.cohort = tied.cohort
    left join reach on summed.cohort = reach.segment
    left join unresolved on summed.cohort = unresolved.cohort
    left join gaps on summed.cohort = gaps.segment

)

select * from final
