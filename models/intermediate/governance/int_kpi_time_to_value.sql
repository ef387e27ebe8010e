-- Question: after how many days does half of the customers chosen in the window have
-- value? Grain: month-end and cohort (segment, and `all`). Who has none yet, or left
-- without any, still waits.
with

month_ends as (

    select
        as_of_date,
        {{ add_months('as_of_date', '-1 * ' ~ rule('time_to_value_months')) }}
            as window_from_date
    from {{ ref('int_month_ends') }}

),

milestones as (

    select
        account_key,
        milestone,
        cast(occurred_at as date) as reached_date,
        known_from_date,
        coalesce(known_until_date, cast('9999-12-31' as date)) as known_until_date
    from {{ ref('int_milestones_known') }}
    where milestone in ('selected', 'first_value')

),

accounts as (

    select account_key, segment from {{ ref('int_accounts') }}

),

known as (

    select
        month_ends.as_of_date,
        month_ends.window_from_date,
        milestones.account_key,
        max(case
            when milestones.milestone = 'selected' then milestones.reached_date
        end) as selected_date,
        max(case
            when milestones.milestone = 'first_value' then milestones.reached_date
        end) as value_date
    from milestones
    inner join month_ends
        on milestones.known_from_date <= month_ends.as_of_date
        and milestones.known_until_date > month_ends.as_of_date
    group by
        month_ends.as_of_date, month_ends.window_from_date, milestones.account_key

),

timed as (

    select
        known.as_of_date,
        accounts.segment,
        case when known.value_date <= known.as_of_date then 1 else 0 end as is_event,
        case
            when known.value_date <= known.selected_date then 0
            when known.value_date <= known.as_of_date
                then {{ dbt.datediff(
                    'known.selected_date', 'known.value_date', 'day'
                ) }}
            else {{ dbt.datediff('known.selected_date', 'known.as_of_date', 'day') }}
        end as time_days
    from known
    inner join accounts on known.account_key = accounts.account_key
    where
        known.selected_date > known.window_from_date
        and known.selected_date <= known.as_of_date

),

waits as (

    select timed.*, segment as cohort from timed
    union all
    select timed.*, 'all' as cohort from timed

),

{{ kaplan_meier('waits', ['as_of_date', 'cohort']) }},

{{ median_survival('curves', ['as_of_date', 'cohort']) }},

{{ median_bounds('curves', ['as_of_date', 'cohort'], rule('interval_z')) }},

counted as (

    select as_of_date, cohort, count(*) as n
    from waits
    group by as_of_date, cohort

),

final as (

    select
        counted.as_of_date,
        'time_to_value' as kpi,
        counted.cohort,
        cast(medians.median_days as {{ type_double() }}) as value,
        cast(median_intervals.median_lower as {{ type_double() }}) as lower,
        cast(median_intervals.median_upper as {{ type_double() }}) as upper,
        counted.n
    from counted
    inner join medians
        on counted.as_of_date = medians.as_of_date
        and counted.cohort = medians.cohort
    inner join median_intervals
        on counted.as_of_date = median_intervals.as_of_date
        and counted.cohort = median_intervals.cohort

)

select * from final
