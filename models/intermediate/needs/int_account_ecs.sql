-- Question: how much of what a live customer needs did the ecosystem meet on each
-- month-end? Grain: month-end and account. Over known needs, by weight; no score where
-- too little is known.
with

live as (

    select as_of_date, is_latest, account_key, segment, arr
    from {{ ref('int_live_accounts') }}

),

summed as (

    select
        as_of_date,
        account_key,
        max(basis) as needs_basis,
        count(*) as n_needs,
        sum(weight) as weight,
        sum(case when is_known then weight else 0 end) as known_weight,
        sum(case when is_known then weight * degree else 0 end) as met_weight,
        sum(case when is_known then weight * degree_vendor else 0 end)
            as met_weight_vendor,
        sum(case when is_known then weight * degree_partner else 0 end)
            as met_weight_partner
    from {{ ref('int_account_needs') }}
    group by as_of_date, account_key

),

scored as (

    select
        live.as_of_date,
        live.is_latest,
        live.account_key,
        live.segment,
        live.arr,
        summed.needs_basis,
        {{ whole('coalesce(summed.n_needs, 0)') }} as n_needs,
        summed.known_weight,
        summed.met_weight,
        summed.met_weight_vendor,
        summed.met_weight_partner,
        summed.known_weight / nullif(summed.weight, 0) as known_share
    from live
    left join summed
        on live.as_of_date = summed.as_of_date
        and live.account_key = summed.account_key

),

{# weights are doubles: a share of 60 % on paper may lie a hair below it #}
judged as (

    select
        scored.*,
        coalesce(
            {{ six_places('known_share') }} >= {{ rule('ecs_min_known_share') }}, false
        ) as is_scored
    from scored

),

points as (

    select
        judged.*,
        case when is_scored then 100 * met_weight / nullif(known_weight, 0) end
            as ecs
    from judged

),

final as (

    select
        as_of_date,
        is_latest,
        account_key,
        segment,
        arr,
        needs_basis,
        n_needs,
        100 * known_share as known_pct,
        case when is_scored then known_weight end as known_weight,
        case when is_scored then met_weight end as met_weight,
        ecs,
        case when is_scored then 100 * met_weight_vendor / nullif(known_weight, 0) end
            as ecs_own,
        case when is_scored then 100 * met_weight_partner / nullif(known_weight, 0) end
            as ecs_partners,
        case
            when ecs is null then null
            when {{ six_places('ecs') }} >= {{ rule('ecs_complete_from') }}
                then 'complete'
            when {{ six_places('ecs') }} >= {{ rule('ecs_partial_from') }}
                then 'partial'
            when {{ six_places('ecs') }} >= {{ rule('ecs_thin_from') }} then 'thin'
            else 'exposed'
        end as band
    from points

)

select * from final
