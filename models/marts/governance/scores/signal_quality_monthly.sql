-- Question: which signals tell something, and which are noise? Grain: month-end, model
-- and signal. Judged by what it tells beyond chance, which shows something in any
-- signal.
with

signal_values as (

    select * from {{ ref('int_signal_values') }}

),

coverage as (

    select
        as_of_date,
        model,
        feature as signal,
        100 * sum(case when bin = 0 then 0 else n end)
        / cast(nullif(sum(n), 0) as {{ type_double() }}) as coverage_pct
    from {{ ref('int_score_bin_counts') }}
    where feature <> 'score'
    group by as_of_date, model, feature

),

month_ends as (

    select as_of_date, is_latest from {{ ref('int_month_ends') }}

),

judged as (

    select
        coverage.as_of_date,
        month_ends.is_latest,
        coverage.model,
        coverage.signal,
        coverage.coverage_pct,
        signal_values.information_value,
        signal_values.chance_value,
        signal_values.information_value - signal_values.chance_value
            as excess_value,
        coalesce(signal_values.n_event_clusters, 0) as n_events,
        coalesce(signal_values.n_clusters, 0) as n_others
    from coverage
    inner join month_ends on coverage.as_of_date = month_ends.as_of_date
    left join signal_values
        on coverage.model = signal_values.model
        and coverage.as_of_date = signal_values.as_of_date
        and coverage.signal = signal_values.signal

),

flagged as (

    select
        judged.*,
        case
            when
                n_events < {{ rule('signal_min_outcomes') }}
                or n_others < {{ rule('signal_min_outcomes') }}
                then 'too_few'
            when excess_value < {{ rule('signal_noise_below') }} then 'below'
            else 'above'
        end as verdict
    from judged

),

{# a month that cannot be told ends the run, like one above #}
runs as (

    select
        flagged.*,
        sum(case when verdict = 'below' then 0 else 1 end) over (
            partition by model, signal order by as_of_date
            rows between unbounded preceding and current row
        ) as run_number
    from flagged

),

counted as (

    select
        runs.*,
        sum(case when verdict = 'below' then 1 else 0 end) over (
            partition by model, signal, run_number order by as_of_date
            rows between unbounded preceding and current row
        ) as months_below
    from runs

),

final as (

    select
        as_of_date,
        is_latest,
        model,
        signal,
        cast(information_value as {{ type_double() }}) as information_value,
        cast(chance_value as {{ type_double() }}) as chance_value,
        cast(excess_value as {{ type_double() }}) as excess_value,
        coverage_pct,
        {{ whole('n_events') }} as n_events,
        {{ whole('n_others') }} as n_others,
        {{ whole('months_below') }} as months_below,
        case
            when verdict = 'too_few' then 'too_few'
            when months_below >= {{ rule('signal_retire_months') }} then 'retire'
            when months_below > 0 then 'watch'
            else 'keep'
        end as advice
    from counted

)

select * from final
