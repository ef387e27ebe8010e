-- Question: in which bin of a scorecard does each signal of an account stand, and what
-- is it worth? Grain: model, version, month-end, account and signal. Nothing known of a
-- signal is bin 0.
with

versions as (

    select * from {{ ref('int_score_versions') }}

),

targets as (

    select model, population from {{ ref('score_targets') }}

),

months as (

    select as_of_date, account_key, is_customer from {{ ref('int_account_months') }}

),

cards as (

    select
        model,
        model_version,
        signal,
        bin,
        lower,
        upper,
        cast(points as {{ type_double() }}) as points,
        cast(min(points) over (
            partition by model, model_version, signal
        ) as {{ type_double() }}) as least_points,
        cast(max(points) over (
            partition by model, model_version, signal
        ) as {{ type_double() }}) as most_points
    from {{ ref('scorecards') }}
    where signal <> 'score'

),

signals as (

    select as_of_date, account_key, signal, value from {{ ref('int_signals') }}

),

asked as (

    select
        versions.model,
        versions.model_version,
        versions.is_in_force,
        nullif(versions.points_max - versions.points_min, 0) as points_range,
        months.as_of_date,
        months.account_key,
        cards.signal
    from versions
    inner join targets on versions.model = targets.model
    inner join months
        on versions.as_of_date = months.as_of_date
        and (targets.population = 'all' or months.is_customer)
    inner join cards
        on versions.model = cards.model
        and versions.model_version = cards.model_version
        and cards.bin = 0

),

valued as (

    select asked.*, signals.value
    from asked
    left join signals
        on asked.as_of_date = signals.as_of_date
        and asked.account_key = signals.account_key
        and asked.signal = signals.signal

),

final as (

    select
        valued.model,
        valued.model_version,
        valued.as_of_date,
        valued.account_key,
        valued.signal,
        cards.bin,
        cards.points,
        100 * (cards.points - cards.least_points) / valued.points_range as contribution,
        100 * (cards.most_points - cards.least_points) / valued.points_range
            as contribution_max,
        valued.is_in_force
    from valued
    inner join cards
        on valued.model = cards.model
        and valued.model_version = cards.model_version
        and valued.signal = cards.signal
        and case
            when valued.value is null then cards.bin = 0
            else
                cards.bin > 0
                and coalesce(valued.value >= cards.lower, true)
                and coalesce(valued.value < cards.upper, true)
        end

)

select * from final
