-- Question: for which days do monthly figures stand, and which trials had resolved in
-- the window before each? Grain: month-end, and as_of_date itself.
with

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}
    where as_of_date is not null

),

months_back as (

    {{ dbt.generate_series(var('history_months')) }}

),

days as (

    select as_of_date, true as is_latest
    from as_of
    union all
    select
        {{ add_days(
            dbt.date_trunc(
                'month',
                add_months('as_of.as_of_date', '1 - months_back.generated_number')
            ),
            '-1'
        ) }} as as_of_date,
        false as is_latest
    from as_of
    cross join months_back

),

final as (

    select
        as_of_date,
        is_latest,
        {% if var('trial_window_months') is none -%}
        cast('1900-01-01' as date) as window_from_date
        {%- else -%}
        {{ add_months('as_of_date', '-' ~ var('trial_window_months')) }}
            as window_from_date
        {%- endif %}
    from days

)

select * from final
