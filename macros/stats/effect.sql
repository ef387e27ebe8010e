{#  A partner's effect in a stage: how its trials came out against what was expected, and how sure that is.
    outcomes, expectations, credits: names of models (see expected_outcomes); own_effects: name of the model of first-round effects
    whose share a partner gets back, or none; variances: see outcome_variances. Result, one row a month-end, stage and partner: n_effective, outcome,
    expected_outcome, effect_raw, effect_raw_sd, effect, effect_sd, comparable_share (outcomes in [0, 1]).

    effect_raw = sum c (y - e) / sum c over comparable segments; its variance allows for segments, for trials of one
    account being alike, and for the expectation being an estimate. effect is the posterior mean, averaged over a grid of
    the between-partner spread tau with a half-normal prior.
    Sources: DerSimonian & Laird 1986; Gelman, Prior distributions for variance parameters, 2006; Roever, bayesmeta, 2020. #}
{% macro partner_effects(
    outcomes, expectations, own_effects=none, credits='int_trial_credits', variances='int_stage_variances'
) %}
with

outcomes as (

    select as_of_date, stage, trial_key, account_key, segment, cell_key, outcome
    from {{ ref(outcomes) }}

),

credits as (

    select trial_key, partner_key, credit
    from {{ ref(credits) }}
    where credit > 0 and partner_key <> 'own_team'

),

expectations as (

    select partner_key, as_of_date, stage, cell_key, n_untouched_segment, expected_outcome
    from {{ ref(expectations) }}

),

variances as (

    select as_of_date, stage, segment, variance, account_correlation
    from {{ ref(variances) }}

),

credited as (

    select
        outcomes.as_of_date,
        outcomes.stage,
        outcomes.account_key,
        outcomes.segment,
        credits.partner_key,
        credits.credit,
        {%- if own_effects is none %}
        outcomes.outcome as outcome,
        {%- else %}
        outcomes.outcome + credits.credit * coalesce(own_effects.effect, 0) as outcome,
        {%- endif %}
        expectations.expected_outcome,
        expectations.n_untouched_segment,
        variances.variance,
        variances.account_correlation,
        coalesce(expectations.n_untouched_segment >= {{ rule('min_untouched_trials') }}, false) as is_comparable
    from outcomes
    inner join credits on outcomes.trial_key = credits.trial_key
    inner join variances
        on outcomes.as_of_date = variances.as_of_date
        and outcomes.stage = variances.stage
        and outcomes.segment = variances.segment
    inner join expectations
        on outcomes.as_of_date = expectations.as_of_date
        and outcomes.stage = expectations.stage
        and outcomes.cell_key = expectations.cell_key
        and credits.partner_key = expectations.partner_key
    {%- if own_effects is not none %}
    left join {{ ref(own_effects) }} as own_effects
        on outcomes.as_of_date = own_effects.as_of_date
        and outcomes.stage = own_effects.stage
        and credits.partner_key = own_effects.partner_key
    {%- endif %}

),

measured as (

    select
        as_of_date,
        stage,
        partner_key,
        sum(credit) as credit_all,
        sum(case when is_comparable then credit else 0 end) as credit,
        sum(case when is_comparable then credit * credit else 0 end) as credit_squares,
        sum(case when is_comparable then credit * credit * variance else 0 end) as credit_variance,
        sum(case when is_comparable then credit * outcome else 0 end) as credit_outcome,
        sum(case when is_comparable then credit * expected_outcome else 0 end) as credit_expected,
        max(account_correlation) as account_correlation
    from credited
    group by as_of_date, stage, partner_key

),

account_sums as (

    select as_of_date, stage, partner_key, account_key, sum(credit * sqrt(variance)) as credit_sd
    from credited
    where is_comparable
    group by as_of_date, stage, partner_key, account_key

),

account_totals as (

    select as_of_date, stage, partner_key, sum(credit_sd * credit_sd) as clustered_variance
    from account_sums
    group by as_of_date, stage, partner_key

),

segment_sums as (

    select
        as_of_date,
        stage,
        partner_key,
        segment,
        sum(credit) as credit,
        max(variance) as variance,
        max(n_untouched_segment) as n_untouched
    from credited
    where is_comparable
    group by as_of_date, stage, partner_key, segment

),

segment_totals as (

    select
        as_of_date,
        stage,
        partner_key,
        sum(credit * credit * variance / (n_untouched + {{ rule('stratum_prior_trials') }})) as expectation_variance
    from segment_sums
    group by as_of_date, stage, partner_key

),

raw as (

    select
        measured.as_of_date,
        measured.stage,
        measured.partner_key,
        measured.credit * measured.credit / nullif(measured.credit_squares, 0) as n_effective,
        measured.credit_outcome / nullif(measured.credit, 0) as outcome,
        measured.credit_expected / nullif(measured.credit, 0) as expected_outcome,
        (measured.credit_outcome - measured.credit_expected) / nullif(measured.credit, 0) as effect_raw,
        (
            (1 - measured.account_correlation) * measured.credit_variance
            + measured.account_correlation * account_totals.clustered_variance
            + segment_totals.expectation_variance
        ) / nullif(measured.credit * measured.credit, 0) as effect_raw_variance,
        measured.credit / measured.credit_all as comparable_share
    from measured
    left join account_totals
        on measured.as_of_date = account_totals.as_of_date
        and measured.stage = account_totals.stage
        and measured.partner_key = account_totals.partner_key
    left join segment_totals
        on measured.as_of_date = segment_totals.as_of_date
        and measured.stage = segment_totals.stage
        and measured.partner_key = segment_totals.partner_key

),

{{ posterior_over_spread('raw') }},

final as (

    select
        raw.as_of_date,
        raw.stage,
        raw.partner_key,
        raw.n_effective,
        raw.outcome,
        raw.expected_outcome,
        raw.effect_raw,
        sqrt(raw.effect_raw_variance) as effect_raw_sd,
        posterior.effect,
        posterior.effect_sd,
        raw.comparable_share
    from raw
    left join posterior
        on raw.as_of_date = posterior.as_of_date
        and raw.stage = posterior.stage
        and raw.partner_key = posterior.partner_key

)

select * from final
{% endmacro %}


{#  CTEs that end in `posterior` (as_of_date, stage, partner_key, effect, effect_sd) from a CTE of raw effects with
    effect_raw and effect_raw_variance. Where nothing varies (variance 0) there is no posterior. #}
{% macro posterior_over_spread(raw) %}
grid_numbers as (

    {{ dbt.generate_series(100) }}

),

grid as (

    select
        stages.stage,
        grid_numbers.generated_number as grid_point,
        {{ rule('grid_reach_sds') }} * stages.reference_sd
            * (grid_numbers.generated_number - 1) / ({{ rule('grid_points') }} - 1) as tau,
        {{ rule('grid_prior_sds') }} * stages.reference_sd as prior_sd
    from {{ ref('stages') }} as stages
    cross join grid_numbers
    where grid_numbers.generated_number <= {{ rule('grid_points') }}

),

spread as (

    select
        measured.as_of_date,
        measured.stage,
        measured.partner_key,
        grid.grid_point,
        grid.tau,
        grid.prior_sd,
        measured.effect_raw,
        measured.effect_raw_variance as variance,
        grid.tau * grid.tau + measured.effect_raw_variance as total_variance
    from {{ raw }} as measured
    inner join grid on measured.stage = grid.stage
    where measured.effect_raw_variance > 0

),

likelihoods as (

    select
        as_of_date,
        stage,
        grid_point,
        -0.5 * power(max(tau / prior_sd), 2)
        + sum(-0.5 * ln(total_variance) - 0.5 * effect_raw * effect_raw / total_variance) as log_likelihood
    from spread
    group by as_of_date, stage, grid_point

),

relative_likelihoods as (

    select
        as_of_date,
        stage,
        grid_point,
        exp(log_likelihood - max(log_likelihood) over (partition by as_of_date, stage)) as likelihood
    from likelihoods

),

weights as (

    select
        as_of_date,
        stage,
        grid_point,
        likelihood / sum(likelihood) over (partition by as_of_date, stage) as weight
    from relative_likelihoods

),

moments as (

    select
        spread.as_of_date,
        spread.stage,
        spread.partner_key,
        sum(weights.weight * spread.effect_raw * spread.tau * spread.tau / spread.total_variance) as effect,
        sum(weights.weight * (
            spread.tau * spread.tau * spread.variance / spread.total_variance
            + power(spread.effect_raw * spread.tau * spread.tau / spread.total_variance, 2)
        )) as effect_square
    from spread
    inner join weights
        on spread.as_of_date = weights.as_of_date
        and spread.stage = weights.stage
        and spread.grid_point = weights.grid_point
    group by spread.as_of_date, spread.stage, spread.partner_key

),

posterior as (

    select
        as_of_date,
        stage,
        partner_key,
        effect,
        sqrt(greatest(effect_square - effect * effect, 0)) as effect_sd
    from moments

)
{%- endmacro %}
