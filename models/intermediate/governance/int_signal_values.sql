-- Question: how much does each signal tell of the outcome it is scored for? Grain:
-- month-end, model and signal, by fifths. Of outcomes that resolved in the window;
-- months of one account are alike, and what chance alone would show allows for it.
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

asked as (

    select features.model, features.signal, targets.population
    from {{ ref('score_features') }} as features
    inner join {{ ref('score_targets') }} as targets
        on features.model = targets.model

),

{# by the month-end on which the outcome was known, so that each month is read once #}
monthly as (

    select
        outcomes.model,
        asked.signal,
        coalesce(bins.bin, 0) as bin,
        outcomes.account_key,
        cast(outcomes.outcome as integer) as outcome,
        least(
            cast({{ dbt.last_day('outcomes.resolved_date', 'month') }} as date),
            bounds.as_of_date
        ) as known_date,
        count(*) as n
    from {{ ref('int_score_outcomes') }} as outcomes
    inner join asked on outcomes.model = asked.model
    left join {{ ref('int_signal_bins') }} as bins
        on outcomes.as_of_date = bins.as_of_date
        and outcomes.account_key = bins.account_key
        and asked.signal = bins.signal
        and asked.population = bins.population
    cross join bounds
    where outcomes.resolved_date <= bounds.as_of_date
    group by
        outcomes.model,
        asked.signal,
        coalesce(bins.bin, 0),
        outcomes.account_key,
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
        monthly.signal,
        monthly.outcome,
        monthly.bin,
        monthly.account_key,
        cast(sum(monthly.n) as {{ type_double() }}) as n
    from monthly
    inner join month_ends
        on monthly.known_date > month_ends.window_from_date
        and monthly.known_date <= month_ends.as_of_date
    group by
        month_ends.as_of_date,
        monthly.model,
        monthly.signal,
        monthly.outcome,
        monthly.bin,
        monthly.account_key

),

{{ information_values('counted', ['as_of_date', 'model', 'signal'], 'account_key') }}

select * from information_values
