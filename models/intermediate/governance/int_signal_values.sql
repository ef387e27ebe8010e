-- Question: how much does each signal tell of the outcome it is scored for? Grain: model,
-- version in force, month-end and signal. Of outcomes that resolved in the window; months
-- of one account are alike, and what chance alone would show allows for it.
with

month_ends as (

    select
        as_of_date,
        {{ add_months('as_of_date', '-1 * ' ~ rule('signal_window_months')) }}
            as window_from_date
    from {{ ref('int_month_ends') }}

),

bounds as (

    select max(as_of_date) as as_of_date from month_ends

),

in_force as (

    select as_of_date, model, model_version from {{ ref('int_score_versions') }}
    where is_in_force

),

{# by the month-end on which the outcome was known, so that each month is read once #}
monthly as (

    select
        bins.model,
        bins.model_version,
        bins.signal,
        bins.bin,
        bins.account_key,
        cast(outcomes.outcome as integer) as outcome,
        least(
            cast({{ dbt.last_day('outcomes.resolved_date', 'month') }} as date),
            bounds.as_of_date
        ) as known_date,
        count(*) as n
    from {{ ref('int_score_bins') }} as bins
    inner join {{ ref('int_score_outcomes') }} as outcomes
        on bins.model = outcomes.model
        and bins.as_of_date = outcomes.as_of_date
        and bins.account_key = outcomes.account_key
    cross join bounds
    where bins.is_in_force
    group by
        bins.model,
        bins.model_version,
        bins.signal,
        bins.bin,
        bins.account_key,
        cast(outcomes.outcome as integer),
        least(
            cast({{ dbt.last_day('outcomes.resolved_date', 'month') }} as date),
            bounds.as_of_date
        )

),

counted as (

    select
        month_ends.as_of_date,
        monthly.model,
        monthly.model_version,
        monthly.signal,
        monthly.outcome,
        monthly.bin,
        monthly.account_key,
        cast(sum(monthly.n) as {{ type_double() }}) as n
    from monthly
    inner join in_force
        on monthly.model = in_force.model
        and monthly.model_version = in_force.model_version
    inner join month_ends
        on in_force.as_of_date = month_ends.as_of_date
        and monthly.known_date > month_ends.window_from_date
        and monthly.known_date <= month_ends.as_of_date
    group by
        month_ends.as_of_date,
        monthly.model,
        monthly.model_version,
        monthly.signal,
        monthly.outcome,
        monthly.bin,
        monthly.account_key

),

{{ information_values(
    'counted', ['as_of_date', 'model', 'model_version', 'signal'], 'account_key'
) }}

select * from information_values
