-- Question: how deep is a partner at an account on each month-end?
-- Grain: month-end, partner and account. The level earned at its latest touch, less one
-- for each span of silence since.
with

pairs as (

    select * from {{ ref('int_depth_pairs') }}

),

steps as (

    select * from {{ ref('int_depth_steps') }}

),

silent as (

    select
        pairs.as_of_date,
        pairs.is_latest,
        pairs.partner_key,
        pairs.account_key,
        pairs.level_declared,
        steps.level as level_earned,
        steps.touch_date as last_touch_date,
        steps.n_delivery,
        steps.n_quarters,
        steps.has_success_work,
        steps.has_executive,
        steps.n_others,
        cast(
            {{ dbt.datediff('steps.touch_date', 'pairs.as_of_date', 'day') }}
            as {{ dbt.type_int() }}
        ) as silent_days
    from pairs
    left join steps
        on pairs.partner_key = steps.partner_key
        and pairs.account_key = steps.account_key
        and {{ in_force(
            'pairs.as_of_date', 'steps.touch_date', 'steps.next_touch_date'
        ) }}

),

final as (

    select
        silent.*,
        cast(
            {{ depth_after_silence('level_earned', 'silent_days') }}
            as {{ dbt.type_int() }}
        ) as level,
        case
            when silent_days is null or silent_days > {{ depth_gate('observed_days') }}
                then 'lapsed'
            when silent_days >= {{ depth_gate('cooling_days') }} then 'cooling'
            else 'active'
        end as status
    from silent

)

select * from final
