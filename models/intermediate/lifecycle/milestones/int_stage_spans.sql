-- Question: in which stage of its life was an account, from when to when? Grain:
-- account and stage span. A stage lasts from its milestone to the next, adoption at
-- least the adoption window. An account back after a lapse comes back to retention.
with

milestones as (

    select * from {{ ref('int_account_milestones') }}

),

coverage as (

    select
        account_key,
        started_date,
        ended_date,
        span_number,
        max(span_number) over (partition by account_key) as last_span_number
    from {{ ref('int_coverage') }}

),

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

adopted as (

    select
        account_key,
        cast(greatest(
            coalesce(value_at, live_at),
            {{ dbt.dateadd(
                'day', 'cast(' ~ rule('adoption_days') ~ ' as integer)', 'live_at'
            ) }}
        ) as {{ dbt.type_timestamp() }}) as retention_at
    from milestones
    where live_at is not null

),

boundaries as (

    select account_key, 'acquisition' as stage, 1 as position, need_at as started_at
    from milestones
    union all
    select account_key, 'onboarding', 2, selected_at from milestones
    union all
    select account_key, 'adoption', 3, live_at from milestones
    union all
    select adopted.account_key, 'retention', 4, adopted.retention_at
    from adopted
    inner join as_of on cast(adopted.retention_at as date) <= as_of.as_of_date
    union all
    select account_key, 'post_churn', 5, churned_at from milestones
    union all
    select account_key, 'post_churn', 5, cast(ended_date as {{ dbt.type_timestamp() }})
    from coverage
    where span_number < last_span_number
    union all
    select account_key, 'retention', 6, cast(started_date as {{ dbt.type_timestamp() }})
    from coverage
    where span_number > 1

),

{# a date that steps back from a stage already reached is kept as a milestone only #}
ordered as (

    select
        boundaries.*,
        max(case when position > 4 then 4 else position end) over (
            partition by account_key order by started_at, position
            rows between unbounded preceding and 1 preceding
        ) as furthest_position
    from boundaries
    where started_at is not null

),

lasting as (

    select
        ordered.*,
        lead(started_at) over (
            partition by account_key order by started_at, position
        ) as ended_at
    from ordered
    where furthest_position is null or furthest_position < position

),

final as (

    select
        account_key,
        stage,
        started_at,
        ended_at
    from lasting
    where ended_at is null or ended_at > started_at

)

select * from final
