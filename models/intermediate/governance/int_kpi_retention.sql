-- Question: which share of the ARR and customers of a year before is still there?
-- Grain: month-end, measure and cohort (segment, `all`); each end as known on its day.
with

spans as (

    select
        as_of_date,
        {{ add_months('as_of_date', '-1 * ' ~ rule('kpi_window_months')) }}
            as start_date
    from {{ ref('int_month_ends') }}

),

days as (

    select start_date as as_of_date from spans
    union distinct
    select as_of_date from spans

),

{{ terms_running('days') }},

balances as (

    select as_of_date, account_key, cast(sum(arr) as {{ type_double() }}) as arr
    from running
    group by as_of_date, account_key

),

followed as (

    select
        spans.as_of_date,
        accounts.segment,
        openings.arr as opening_arr,
        coalesce(closings.arr, 0) as closing_arr,
        least(openings.arr, coalesce(closings.arr, 0)) as kept_arr,
        case when closings.account_key is null then 0 else 1 end as is_kept
    from spans
    inner join balances as openings on spans.start_date = openings.as_of_date
    inner join {{ ref('int_accounts') }} as accounts
        on openings.account_key = accounts.account_key
    left join balances as closings
        on spans.as_of_date = closings.as_of_date
        and openings.account_key = closings.account_key

),

cohorts as (

    select followed.*, segment as cohort from followed
    union all
    select followed.*, 'all' as cohort from followed

),

summed as (

    select
        as_of_date,
        cohort,
        {% for figure in ['kept', 'closing'] -%}
        sum({{ figure }}_arr) as {{ figure }},
        sum({{ figure }}_arr * {{ figure }}_arr) as {{ figure }}_squares,
        sum({{ figure }}_arr * opening_arr) as {{ figure }}_products,
        {% endfor -%}
        sum(opening_arr) as opening,
        sum(opening_arr * opening_arr) as opening_squares,
        sum(is_kept) as n_kept,
        count(*) as n
    from cohorts
    group by as_of_date, cohort

),

figures as (

    {% for kpi, figure in {
        'gross_revenue_retention': 'kept', 'net_revenue_retention': 'closing'
    }.items() -%}
    select
        as_of_date,
        '{{ kpi }}' as kpi,
        cohort,
        n,
        {{ figure }} / nullif(opening, 0) as value,
        {{ ratio_half_width(
            'n', figure, 'opening', figure ~ '_squares', figure ~ '_products',
            'opening_squares', rule('interval_z')
        ) }} as half_width
    from summed
    union all
    {% endfor -%}
    select
        as_of_date,
        'logo_retention' as kpi,
        cohort,
        n,
        n_kept / cast(n as {{ type_double() }}) as value,
        cast(null as {{ type_double() }}) as half_width
    from summed

),

final as (

    select
        as_of_date,
        kpi,
        cohort,
        value,
        {% for bound, side in {'lower': '-', 'upper': '+'}.items() -%}
        {%- set edge = 'value ' ~ side ~ ' half_width' %}
        case kpi
            when 'logo_retention'
                then {{ wilson('value', 'n', rule('interval_z'), side) }}
            when 'net_revenue_retention' then {{ held_within(edge, 0) }}
            else {{ held_within(edge, 0, 1) }}
        end as {{ bound }},
        {% endfor -%}
        n
    from figures

)

select * from final
