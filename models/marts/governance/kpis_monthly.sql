-- Question: how do the monthly measures of governance stand? Grain: month-end, measure
-- and cohort. Each month says what its own day knew; figures that rest on outcomes
-- stand in the month by which these had resolved.
{%- set relations = [
    'int_kpi_coverage', 'int_kpi_time_to_value', 'int_kpi_retention',
    'int_kpi_pipeline', 'int_kpi_win_lift', 'int_kpi_speed', 'int_kpi_score_lift'
] %}
with

month_ends as (

    select as_of_date, is_latest from {{ ref('int_month_ends') }}

),

kpis as (

    select kpi, label, unit, direction from {{ ref('kpis') }}

),

right_accounts as (

    select
        month_ends.as_of_date,
        rates.*
    from {{ ref('right_account_rate') }} as rates
    inner join month_ends on month_ends.is_latest

),

measured as (

    {% for relation in relations -%}
    select as_of_date, kpi, cohort, value, lower, upper, n from {{ ref(relation) }}
    union all
    {% endfor -%}
    select
        as_of_date,
        'rescue_lift' as kpi,
        cohort,
        value,
        lower,
        upper,
        n
    from {{ ref('int_rescue_lift') }}
    union all
    select
        as_of_date,
        'right_account_rate' as kpi,
        cohort,
        right_account_rate as value,
        right_account_rate_lower as lower,
        right_account_rate_upper as upper,
        n_audited as n
    from right_accounts
    union all
    select
        as_of_date,
        'resolved_rate' as kpi,
        cohort,
        resolved_pct / 100 as value,
        cast(null as {{ type_double() }}) as lower,
        cast(null as {{ type_double() }}) as upper,
        n_signals as n
    from right_accounts

),

final as (

    select
        measured.as_of_date,
        month_ends.is_latest,
        measured.kpi,
        measured.cohort,
        kpis.label,
        kpis.unit,
        kpis.direction,
        cast(measured.value as {{ type_double() }}) as value,
        cast(measured.lower as {{ type_double() }}) as lower,
        cast(measured.upper as {{ type_double() }}) as upper,
        {{ whole('measured.n') }} as n
    from measured
    inner join month_ends on measured.as_of_date = month_ends.as_of_date
    left join kpis on measured.kpi = kpis.kpi

)

select * from final
