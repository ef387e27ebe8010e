-- Question: how much was the product used up to each month-end, and before? Grain:
-- month-end and account with use in the window. Days meet month-ends over a calendar,
-- by equality; each account-day is put together once, then counts in some four months.
with

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

days as (

    select
        day,
        {{ add_days('day', usage_window_days()) }} as until_date
    from {{ ref('stg_usage') }}
    group by day

),

calendar as (

    select
        days.day,
        month_ends.as_of_date,
        case
            when {{ in_window(
                'days.day', 'month_ends.as_of_date', 'usage_recent_days'
            ) }} then 1
            else 0
        end as is_recent,
        {{ half_life_decay(
            dbt.datediff('days.day', 'month_ends.as_of_date', 'day'),
            rule('signal_half_life_days')
        ) }} as freshness
    from days
    inner join month_ends
        on {{ in_force('month_ends.as_of_date', 'days.day', 'days.until_date') }}

),

{# to the source's own account first: there are far more days than accounts #}
recorded as (

    select
        usage_days.account_source,
        usage_days.account_id,
        usage_days.day,
        max(usage_days.active_users) as active_users,
        max(coalesce(usage_days.active_users, usage_days.events, 0)) as amount
    from {{ ref('stg_usage') }} as usage_days
    group by usage_days.account_source, usage_days.account_id, usage_days.day

),

used as (

    select
        members.organisation_key as account_key,
        recorded.day,
        max(recorded.active_users) as active_users,
        max(recorded.amount) as amount
    from recorded
    inner join {{ ref('stg_organisation_members') }} as members
        on members.stream = 'accounts'
        and recorded.account_source = members.source
        and recorded.account_id = members.source_id
    group by members.organisation_key, recorded.day

),

final as (

    select
        calendar.as_of_date,
        used.account_key,
        sum(case when calendar.is_recent = 1 then used.amount else 0 end)
            as recent_amount,
        sum(case when calendar.is_recent = 0 then used.amount else 0 end)
            as before_amount,
        sum(used.amount * calendar.freshness) / nullif(sum(used.amount), 0)
            as momentum,
        sum(case when calendar.is_recent = 1 and used.amount > 0 then 1 else 0 end)
            as n_days,
        avg(case when calendar.is_recent = 1 then used.active_users end)
            as active_users
    from used
    inner join calendar on used.day = calendar.day
    group by calendar.as_of_date, used.account_key

)

select * from final
