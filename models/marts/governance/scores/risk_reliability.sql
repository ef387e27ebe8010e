-- Question: of customers given a probability, did that share leave? Grain: version in
-- force and tenth of the training months by points. Months are pooled, and those of one
-- customer are alike, so the interval is too narrow.
with

scores as (

    select as_of_date, model_version, account_key, points, probability
    from {{ ref('int_scores') }}
    where model = 'risk' and is_in_force

),

outcomes as (

    select as_of_date, account_key, outcome
    from {{ ref('int_score_outcomes') }}
    where model = 'risk'

),

deciles as (

    select model_version, bin, lower, upper
    from {{ ref('scorecards') }}
    where model = 'risk' and signal = 'score'

),

pooled as (

    select
        scores.model_version,
        deciles.bin as decile,
        count(*) as n,
        count(distinct scores.account_key) as n_accounts,
        avg(scores.probability) as mean_probability,
        avg(outcomes.outcome) as churn_rate
    from scores
    inner join outcomes
        on scores.as_of_date = outcomes.as_of_date
        and scores.account_key = outcomes.account_key
    inner join deciles
        on scores.model_version = deciles.model_version
        and coalesce(scores.points >= deciles.lower, true)
        and coalesce(scores.points < deciles.upper, true)
    group by scores.model_version, deciles.bin

),

final as (

    select
        model_version,
        {{ whole('decile') }} as decile,
        {{ whole('n') }} as n,
        {{ whole('n_accounts') }} as n_accounts,
        mean_probability,
        churn_rate,
        {{ wilson('churn_rate', 'n', rule('interval_z'), '-') }} as churn_rate_lower,
        {{ wilson('churn_rate', 'n', rule('interval_z'), '+') }} as churn_rate_upper
    from pooled

)

select * from final
