-- Question: how much does an account use the product, and is that rising or falling?
-- Grain: month-end and account that has used it by then. A day without a row is a day
-- without use; a change needs use since before the window began.
with

months as (

    select as_of_date, account_key, is_customer from {{ ref('int_account_months') }}

),

first_used as (

    select account_key, min(first_day) as first_used_date
    from {{ ref('int_usage_weeks') }}
    group by account_key

),

windows as (

    select * from {{ ref('int_usage_windows') }}

),

seats as (

    select
        running.as_of_date,
        running.account_key,
        nullif(sum(terms.seats), 0) as seats
    from {{ ref('int_terms_running') }} as running
    inner join {{ ref('int_terms') }} as terms on running.term_key = terms.term_key
    group by running.as_of_date, running.account_key

),

final as (

    select
        months.as_of_date,
        months.account_key,
        case
            when months.is_customer
                and first_used.first_used_date <= {{ add_days(
                    'months.as_of_date', '-1 * ' ~ usage_window_days()
                ) }}
                then {{ usage_change(
                    'windows.recent_amount', 'windows.before_amount'
                ) }}
        end as usage_change,
        case
            when months.is_customer and seats.seats is not null
                then least(1, coalesce(windows.active_users, 0) / seats.seats)
        end as usage_level,
        case when not months.is_customer then coalesce(windows.n_days, 0) end
            as trial_usage,
        coalesce({{ six_places('windows.momentum') }}, 0) as usage_momentum
    from months
    inner join first_used
        on months.account_key = first_used.account_key
        and months.as_of_date >= first_used.first_used_date
    left join windows
        on months.as_of_date = windows.as_of_date
        and months.account_key = windows.account_key
    left join seats
        on months.as_of_date = seats.as_of_date
        and months.account_key = seats.account_key

)

select * from final
