-- Question: when did each account reach each milestone, and how is it known?
-- Grain: account. Dates out of order are kept and flagged. Churn is a stated date after
-- the last start, else the end of the last span.
{% set milestones = [
    'need', 'selected', 'onboarding_started', 'go_live', 'first_value', 'churned'
] %}
with

accounts as (

    select account_key from {{ ref('int_accounts') }}

),

milestones as (

    select * from {{ ref('int_milestones_known') }}
    where known_until_date is null

),

coverage as (

    select
        account_key,
        started_date,
        ended_date,
        row_number() over (
            partition by account_key order by span_number desc
        ) as span_order
    from {{ ref('int_coverage') }}

),

pivoted as (

    select
        {% for milestone in milestones -%}
        max(case when milestone = '{{ milestone }}' then occurred_at end)
            as {{ milestone }}_at,
        max(case when milestone = '{{ milestone }}' then basis end)
            as {{ milestone }}_basis,
        {% endfor -%}
        account_key
    from milestones
    group by account_key

),

dated as (

    select
        accounts.account_key,
        pivoted.need_at,
        pivoted.need_basis,
        pivoted.selected_at,
        pivoted.selected_basis,
        pivoted.go_live_at as live_at,
        pivoted.go_live_basis as live_basis,
        pivoted.first_value_at as value_at,
        pivoted.first_value_basis as value_basis,
        case
            when
                pivoted.churned_at
                >= coalesce(coverage.started_date, cast(pivoted.churned_at as date))
                then pivoted.churned_at
            else cast(coverage.ended_date as {{ dbt.type_timestamp() }})
        end as churned_at,
        case
            when
                pivoted.churned_at
                >= coalesce(coverage.started_date, cast(pivoted.churned_at as date))
                then 'stated'
            when coverage.ended_date is not null then 'lapse'
        end as churned_basis
    from accounts
    left join pivoted on accounts.account_key = pivoted.account_key
    left join coverage
        on accounts.account_key = coverage.account_key
        and coverage.span_order = 1

),

final as (

    select
        dated.*,
        coalesce(
            selected_at < need_at
            or live_at < selected_at
            or value_at < live_at
            or churned_at < selected_at,
            false
        ) as has_dates_out_of_order
    from dated

)

select * from final
