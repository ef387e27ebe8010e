-- Question: did what each scorecard foretells come about? Grain: model, month-end and
-- account. Only where it had resolved by today; never an input of a score.
with

months as (

    select
        months.as_of_date,
        months.account_key,
        targets.model,
        {{ add_days('months.as_of_date', 'targets.horizon_days') }} as horizon_date
    from {{ ref('int_account_months') }} as months
    inner join {{ ref('score_targets') }} as targets
        on targets.model in ('fit', 'intent', 'feasibility')

),

deals as (

    select
        'fit' as model,
        account_key,
        cast(qualified_at as date) as event_date,
        0 as amount
    from {{ ref('int_deals') }}
    where kind <> 'renewal'
    union all
    select
        'intent' as model,
        account_key,
        cast(created_at as date) as event_date,
        coalesce(amount, 0) as amount
    from {{ ref('int_deals') }}
    where kind <> 'renewal'

),

roll_outs as (

    select * from {{ ref('int_roll_outs') }}

),

collected as (

    select
        months.model,
        months.as_of_date,
        months.account_key,
        case when max(deals.event_date) is null then 0 else 1 end as outcome,
        months.horizon_date as resolved_date,
        min(deals.event_date) as event_date,
        coalesce(sum(deals.amount), 0) as amount
    from months
    left join deals
        on months.model = deals.model
        and months.account_key = deals.account_key
        and months.as_of_date < deals.event_date
        and months.horizon_date >= deals.event_date
    where months.model <> 'feasibility'
    group by
        months.model, months.as_of_date, months.account_key, months.horizon_date
    union all
    select
        months.model,
        months.as_of_date,
        months.account_key,
        case when roll_outs.live_date <= roll_outs.settled_date then 1 else 0 end
            as outcome,
        roll_outs.settled_date as resolved_date,
        roll_outs.live_date as event_date,
        null as amount
    from months
    inner join roll_outs
        on months.account_key = roll_outs.account_key
        and months.horizon_date >= roll_outs.selected_date
        and months.as_of_date < {{ add_days(
            'roll_outs.selected_date', rule('onboarding_landmark_days')
        ) }}
    where
        months.model = 'feasibility'
        and coalesce(months.as_of_date < roll_outs.live_date, true)
    {% for model, outcome in [('risk', 'is_lost'), ('momentum', 'is_expanded')] -%}
    union all
    select
        '{{ model }}' as model,
        as_of_date,
        account_key,
        {{ outcome }} as outcome,
        resolved_date,
        lost_date as event_date,
        null as amount
    from {{ ref('int_renewal_outcomes') }}
    {% endfor %}
),

final as (

    select
        collected.model,
        collected.as_of_date,
        collected.account_key,
        cast(collected.outcome as {{ type_double() }}) as outcome,
        collected.resolved_date,
        case when collected.outcome = 1 then collected.event_date end as event_date,
        cast(collected.amount as {{ type_double() }}) as amount
    from collected
    inner join {{ ref('stg_as_of') }} as as_of
        on collected.resolved_date <= as_of.as_of_date

)

select * from final
