-- Question: how far has an account come in setting the product up? Grain: month-end and
-- account. A security step that failed is pending until passed: steps have no key.
with

months as (

    select as_of_date, account_key from {{ ref('int_account_months') }}

),

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

starts as (

    select setup_events_from_date from {{ ref('int_stream_starts') }}

),

events as (

    select
        members.organisation_key as account_key,
        setup_events.event,
        cast(setup_events.occurred_at as date) as event_date
    from {{ ref('stg_setup_events') }} as setup_events
    inner join {{ ref('stg_organisation_members') }} as members
        on members.stream = 'accounts'
        and setup_events.account_source = members.source
        and setup_events.account_id = members.source_id

),

steps as (

    select
        month_ends.as_of_date,
        events.account_key,
        sum(case when events.event = 'security_step_started' then 1 else 0 end)
            as n_started,
        sum(case when events.event = 'security_step_passed' then 1 else 0 end)
            as n_passed,
        max(case when events.event = 'data_ready' then 1 else 0 end) as is_ready,
        sum(case
            when events.event in ('admin_configured', 'user_provisioned')
                and {{ in_window(
                    'events.event_date', 'month_ends.as_of_date', 'admin_active_days'
                ) }} then 1
            else 0
        end) as n_admin
    from events
    inner join month_ends on events.event_date <= month_ends.as_of_date
    group by month_ends.as_of_date, events.account_key

),

final as (

    select
        months.as_of_date,
        months.account_key,
        coalesce(steps.n_passed, 0) as security_steps_passed,
        case
            when steps.n_started > steps.n_passed then steps.n_started - steps.n_passed
            else 0
        end as security_steps_pending,
        coalesce(steps.is_ready, 0) as data_ready,
        coalesce(steps.n_admin, 0) as admin_active_30d
    from months
    inner join starts on months.as_of_date >= starts.setup_events_from_date
    left join steps
        on months.as_of_date = steps.as_of_date
        and months.account_key = steps.account_key

)

select * from final
