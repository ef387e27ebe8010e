{#  How much outcomes of comparable trials vary, and how alike those of one account are.
    outcomes, expectations: names of models (see expected_outcomes). Result, one row a month-end, stage and segment:
    variance of the residuals, pooled over segments where a segment has few trials: (sum r^2 + k * pooled) / (n + k), and
    account_correlation, the pooled correlation of standardised residuals within an account, at least 0.
    Source: analysis of variance estimator of the intraclass correlation; Donner, A review of inference procedures for the
    intraclass correlation coefficient in the one-way random effects model, 1986. #}
{% macro outcome_variances(outcomes, expectations) %}
with

trials as (

    select * from {{ ref(outcomes) }}

),

expectations as (

    select as_of_date, stage, cell_key, expected_outcome
    from {{ ref(expectations) }}
    where partner_key = 'nobody'

),

residuals as (

    select
        trials.as_of_date,
        trials.stage,
        trials.segment,
        trials.account_key,
        trials.outcome - expectations.expected_outcome as residual
    from trials
    inner join expectations
        on trials.as_of_date = expectations.as_of_date
        and trials.stage = expectations.stage
        and trials.cell_key = expectations.cell_key

),

pooled as (

    select as_of_date, stage, avg(residual * residual) as variance
    from residuals
    group by as_of_date, stage

),

by_segment as (

    select
        residuals.as_of_date,
        residuals.stage,
        residuals.segment,
        (
            sum(residuals.residual * residuals.residual)
            + {{ rule('variance_prior_trials') }} * max(pooled.variance)
        )
        / (count(*) + {{ rule('variance_prior_trials') }}) as variance
    from residuals
    inner join pooled
        on residuals.as_of_date = pooled.as_of_date
        and residuals.stage = pooled.stage
    group by residuals.as_of_date, residuals.stage, residuals.segment

),

by_account as (

    select
        residuals.as_of_date,
        residuals.stage,
        residuals.account_key,
        count(*) as n_trials,
        sum(residuals.residual / sqrt(by_segment.variance)) as total,
        sum(residuals.residual * residuals.residual / by_segment.variance)
            as total_squares
    from residuals
    inner join by_segment
        on residuals.as_of_date = by_segment.as_of_date
        and residuals.stage = by_segment.stage
        and residuals.segment = by_segment.segment
    where by_segment.variance > 0
    group by residuals.as_of_date, residuals.stage, residuals.account_key

),

correlations as (

    select
        as_of_date,
        stage,
        greatest(
            0,
            sum(total * total - total_squares)
            / nullif(sum(n_trials * (n_trials - 1)), 0)
        ) as account_correlation
    from by_account
    group by as_of_date, stage

),

final as (

    select
        by_segment.as_of_date,
        by_segment.stage,
        by_segment.segment,
        by_segment.variance,
        coalesce(correlations.account_correlation, 0) as account_correlation
    from by_segment
    left join correlations
        on by_segment.as_of_date = correlations.as_of_date
        and by_segment.stage = correlations.stage

)

select * from final
{% endmacro %}
