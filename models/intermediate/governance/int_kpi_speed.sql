-- Question: how soon did anybody act on a reason that was raised? Grain: month-end,
-- measure and cohort. Of reasons whose time ran out in the month, so that a later
-- action changes no month; controls are left out, and no action counts as late.
with

month_ends as (

    select
        as_of_date,
        lag(as_of_date) over (order by as_of_date) as previous_date
    from {{ ref('int_month_ends') }}

),

plays as (

    select
        plays.model,
        case when plays.is_urgent then 'high' else 'other' end as urgency,
        plays.raised_date,
        plays.first_action_at,
        plays.hours_to_action,
        first_known.first_month_end,
        case
            when plays.is_urgent then {{ rule('high_service_hours') }}
            else {{ rule('other_service_hours') }}
        end as service_hours
    from {{ ref('account_plays') }} as plays
    inner join {{ ref('int_reasons_raised') }} as first_known
        on plays.account_key = first_known.account_key
        and plays.reason_code = first_known.reason_code
        and plays.raised_date = first_known.raised_date
    where not plays.is_holdout

),

due as (

    select
        plays.*,
        greatest(
            first_month_end,
            {{ add_days('raised_date', hours_as_days('service_hours')) }}
        ) as judged_date
    from plays

),

judged as (

    select
        month_ends.as_of_date,
        due.model,
        due.urgency,
        due.service_hours,
        case
            when cast(due.first_action_at as date) <= month_ends.as_of_date
                then due.hours_to_action
        end as hours
    from due
    inner join month_ends
        on due.judged_date > month_ends.previous_date
        and due.judged_date <= month_ends.as_of_date

),

cohorts as (

    select judged.*, 'all' as cohort from judged
    union all
    select judged.*, urgency as cohort from judged
    union all
    select judged.*, model as cohort from judged

),

{# who never acted comes last in the median, after the slowest who did #}
timed as (

    select
        cohorts.*,
        coalesce(hours, max(hours) over (partition by as_of_date, cohort)) as sort_hours
    from cohorts

),

summed as (

    select
        as_of_date,
        cohort,
        count(*) as n,
        count(hours) as n_acted,
        sum(case when hours <= service_hours then 1 else 0 end)
        / cast(count(*) as {{ type_double() }}) as share,
        {{ median_of('sort_hours') }} as median_hours
    from timed
    group by as_of_date, cohort

),

final as (

    select
        as_of_date,
        'speed_to_action' as kpi,
        cohort,
        case when n_acted > n - n_acted then median_hours end as value,
        cast(null as {{ type_double() }}) as lower,
        cast(null as {{ type_double() }}) as upper,
        n
    from summed
    union all
    select
        as_of_date,
        'within_service_level' as kpi,
        cohort,
        share as value,
        {{ wilson('share', 'n', rule('interval_z'), '-') }} as lower,
        {{ wilson('share', 'n', rule('interval_z'), '+') }} as upper,
        n
    from summed

)

select * from final
