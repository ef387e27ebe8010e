-- Question: how did ARR move from month-end to month-end? Grain: month-end and segment
-- that had ARR by then, and `all`. Opening + new + reactivation + expansion, less
-- contraction and churn, is closing.
{%- set movements = ['new', 'expansion', 'contraction', 'churn', 'reactivation'] %}
with

month_ends as (

    select as_of_date, is_latest from {{ ref('int_month_ends') }}

),

accounts as (

    select account_key, segment from {{ ref('int_accounts') }}

),

moved as (

    select
        accounts.segment,
        movements.as_of_date,
        movements.change,
        movements.movement
    from {{ ref('int_arr_movements') }} as movements
    inner join accounts on movements.account_key = accounts.account_key

),

segments as (

    select segment, min(as_of_date) as first_date
    from moved
    group by segment

),

{# every day since a segment's first, so that a month without a change has its row #}
filled as (

    select * from moved
    union all
    select
        segments.segment,
        month_ends.as_of_date,
        0 as change,
        'none' as movement
    from segments
    inner join month_ends on segments.first_date <= month_ends.as_of_date

),

listed as (

    select * from filled
    union all
    select
        'all' as segment,
        as_of_date,
        change,
        movement
    from filled

),

summed as (

    select
        segment,
        as_of_date,
        {% for movement in movements -%}
        sum(case when movement = '{{ movement }}' then abs(change) else 0 end)
            as {{ movement }}_arr,
        {% endfor -%}
        sum(change) as change
    from listed
    group by segment, as_of_date

),

closed as (

    select
        summed.*,
        sum(change) over (
            partition by segment order by as_of_date
            rows between unbounded preceding and current row
        ) as closing_arr
    from summed

),

final as (

    select
        closed.as_of_date,
        month_ends.is_latest,
        closed.segment,
        cast(closed.closing_arr - closed.change as {{ type_double() }}) as opening_arr,
        {% for movement in movements -%}
        cast(closed.{{ movement }}_arr as {{ type_double() }}) as {{ movement }}_arr,
        {% endfor -%}
        cast(closed.closing_arr as {{ type_double() }}) as closing_arr
    from closed
    inner join month_ends on closed.as_of_date = month_ends.as_of_date

)

select * from final
