-- Question: which integrations does a customer run, and which has it switched off?
-- Grain: month-end and customer. What a source does not name is one integration of that
-- record; of events at one moment the switching off counts.
with

months as (

    select as_of_date, account_key
    from {{ ref('int_account_months') }}
    where is_customer

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
        setup_events.occurred_at,
        {{ surrogate_key([
            'setup_events.solution_source',
            'coalesce(setup_events.solution_id, setup_events.account_id)',
            'setup_events.solution_id is null'
        ]) }} as integration_key
    from {{ ref('stg_setup_events') }} as setup_events
    inner join {{ ref('stg_organisation_members') }} as members
        on members.stream = 'accounts'
        and setup_events.account_source = members.source
        and setup_events.account_id = members.source_id
    where setup_events.event in ('integration_activated', 'integration_deactivated')

),

switched as (

    select
        account_key,
        integration_key,
        occurred_at,
        min(case when event = 'integration_activated' then 1 else 0 end) as is_on
    from events
    group by account_key, integration_key, occurred_at

),

followed as (

    select
        account_key,
        is_on,
        cast(occurred_at as date) as switched_date,
        cast(lead(occurred_at) over (
            partition by account_key, integration_key order by occurred_at
        ) as date) as next_date
    from switched

),

integrations as (

    select
        month_ends.as_of_date,
        followed.account_key,
        sum(followed.is_on) as n_on,
        sum(case
            when followed.is_on = 0 and {{ in_window(
                'followed.switched_date', 'month_ends.as_of_date',
                'integration_off_days'
            ) }} then 1
            else 0
        end) as n_off,
        max(case
            when followed.is_on = 0 and {{ in_window(
                'followed.switched_date', 'month_ends.as_of_date',
                'integration_off_days'
            ) }} then followed.switched_date
        end) as off_date
    from followed
    inner join month_ends
        on {{ in_force(
            'month_ends.as_of_date', 'followed.switched_date', 'followed.next_date'
        ) }}
    group by month_ends.as_of_date, followed.account_key

),

final as (

    select
        months.as_of_date,
        months.account_key,
        coalesce(integrations.n_on, 0) as integrations_on,
        coalesce(integrations.n_off, 0) as integrations_off_180d,
        integrations.off_date as integration_off_date
    from months
    inner join starts on months.as_of_date >= starts.setup_events_from_date
    left join integrations
        on months.as_of_date = integrations.as_of_date
        and months.account_key = integrations.account_key

)

select * from final
