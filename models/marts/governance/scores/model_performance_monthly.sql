-- Question: how well did each version foretell its outcome, month by month? Grain:
-- month-end, model and version, challengers beside the one in force. Only accounts
-- whose outcome has resolved.
with

scores as (

    select as_of_date, model, model_version, account_key, points, probability
    from {{ ref('int_scores') }}

),

outcomes as (

    select as_of_date, model, account_key, outcome from {{ ref('int_score_outcomes') }}

),

deciles as (

    select model, model_version, bin, lower, upper
    from {{ ref('scorecards') }}
    where signal = 'score'

),

judged as (

    select
        scores.*,
        outcomes.outcome,
        deciles.bin as decile,
        rank() over (
            partition by scores.as_of_date, scores.model, scores.model_version
            order by scores.points
        ) as points_rank,
        count(*) over (
            partition by
                scores.as_of_date, scores.model, scores.model_version, scores.points
        ) as n_ties
    from scores
    inner join outcomes
        on scores.as_of_date = outcomes.as_of_date
        and scores.model = outcomes.model
        and scores.account_key = outcomes.account_key
    inner join deciles
        on scores.model = deciles.model
        and scores.model_version = deciles.model_version
        and coalesce(scores.points >= deciles.lower, true)
        and coalesce(scores.points < deciles.upper, true)

),

by_decile as (

    select
        as_of_date,
        model,
        model_version,
        decile,
        count(*) as n,
        sum(outcome) as n_events,
        sum(probability) as expected,
        sum((probability - outcome) * (probability - outcome)) as squares,
        sum(case when outcome = 1 then {{ mid_rank('points_rank', 'n_ties') }} end)
            as ranks
    from judged
    group by as_of_date, model, model_version, decile

),

summed as (

    select
        as_of_date,
        model,
        model_version,
        cast(sum(n) as {{ type_double() }}) as n,
        sum(n_events) as n_events,
        sum(expected) as expected,
        sum(squares) as squares,
        sum(ranks) as ranks,
        sum(abs(expected - n_events)) as gaps
    from by_decile
    group by as_of_date, model, model_version

),

versions as (

    select * from {{ ref('int_score_versions') }}

),

final as (

    select
        summed.as_of_date,
        months.is_latest,
        summed.model,
        summed.model_version,
        versions.status,
        versions.is_in_force,
        {{ whole('summed.n') }} as n,
        {{ whole('summed.n_events') }} as n_events,
        {{ area_under_roc('summed.ranks', 'summed.n_events', 'summed.n') }} as auc,
        summed.squares / summed.n as brier,
        summed.gaps / summed.n as calibration_error,
        summed.expected / summed.n as mean_probability,
        summed.n_events / summed.n as mean_outcome,
        -- what ships was trained on other companies
        versions.status <> 'demo'
        and summed.as_of_date between versions.trained_from and versions.trained_to
            as is_in_training
    from summed
    inner join versions
        on summed.as_of_date = versions.as_of_date
        and summed.model = versions.model
        and summed.model_version = versions.model_version
    inner join {{ ref('int_month_ends') }} as months
        on summed.as_of_date = months.as_of_date

)

select * from final
