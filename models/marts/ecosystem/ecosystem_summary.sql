-- Question: how large and how complete is the ecosystem around our customers, as a
-- whole and by segment? Grain: segment, and `all`, as of as_of_date. second_degree
-- counts the customers that share a partner with another one.
with

scores as (

    select segment, account_key, ecs, known_pct, arr, band
    from {{ ref('int_account_ecs') }}
    where is_latest

),

ties as (

    select
        segment,
        account_key,
        partner_key,
        count(*) over (partition by partner_key) as n_accounts
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
        count(*) as first_degree,
        count(distinct case when n_accounts > 1 then account_key end) as second_degree
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

final as (

    select
        summed.cohort as segment,
        {{ whole('summed.n_accounts') }} as n_accounts,
        cast(summed.arr as {{ type_double() }}) as arr,
        {{ whole('coalesce(tied.n_partners, 0)') }} as n_partners,
        {{ whole('coalesce(tied.first_degree, 0)') }} as first_degree,
        {{ whole('coalesce(tied.second_degree, 0)') }} as second_degree,
        cast(summed.ecs as {{ type_double() }}) as ecs,
        {{ whole('summed.n_scored') }} as n_scored,
        {{ whole('summed.n_exposed') }} as n_exposed,
        cast(summed.known_pct as {{ type_double() }}) as known_pct,
        gaps.unmet_needs
    from summed
    left join tied on summed.cohort = tied.cohort
    left join gaps on summed.cohort = gaps.segment

)

select * from final
