-- Question: when did an account first use the product enough to get value from it?
-- Grain: account that did. Enough is a share of the seats of that week, or a number of
-- users where seats are unknown.
with

weeks as (

    select
        account_key,
        week_date,
        {{ add_days('week_date', 6) }} as last_date,
        first_day,
        active_users
    from {{ ref('int_usage_weeks') }}

),

terms as (

    select
        account_key,
        term_start_date,
        coalesce(arr_until_date, cast('9999-12-31' as date)) as arr_until_date,
        seats
    from {{ ref('int_terms') }}

),

seats_in_week as (

    select
        weeks.account_key,
        weeks.first_day,
        weeks.active_users,
        sum(terms.seats) as seats
    from weeks
    left join terms
        on weeks.account_key = terms.account_key
        and weeks.last_date >= terms.term_start_date
        and weeks.week_date < terms.arr_until_date
    group by weeks.account_key, weeks.first_day, weeks.active_users

),

final as (

    select
        account_key,
        min(first_day) as activated_date
    from seats_in_week
    where
        active_users >= case
            when seats > 0 then seats * {{ rule('activation_seat_share') }}
            else {{ rule('activation_users') }}
        end
    group by account_key

)

select * from final
