-- Question: how long would a partner's evaluations have taken without any partner?
-- Grain: population and partner with enough unaided evaluations to compare with.
with

weights as (

    select * from {{ ref('int_discovery_weights') }}

),

means as (

    select * from {{ ref('int_discovery_means') }}
    where
        curve_type <> 'partner'
        and n_evaluations >= {{ rule('min_unaided_evaluations') }}

),

curves as (

    select
        population,
        curve_type,
        curve_key,
        time_days,
        lag(survival, 1, 1) over (
            partition by population, curve_type, curve_key order by time_days
        ) - survival as found_share
    from {{ ref('int_discovery_curves') }}
    where curve_type <> 'partner'

),

weighed as (

    select
        weights.population,
        weights.partner_key,
        sum(weights.weight * means.restricted_mean) as unaided_days,
        sum(weights.weight * weights.weight * means.restricted_variance)
            as unaided_variance,
        sum(weights.weight * means.n_evaluations * means.restricted_variance)
            as evaluation_variance,
        max(case when means.curve_type = 'all' then means.n_evaluations end) as n_all,
        sum(means.n_evaluations) as n_segments,
        sum(weights.weight * means.n_won / nullif(means.n_won + means.n_lost, 0))
        / sum(case when means.n_won + means.n_lost > 0 then weights.weight end)
            as win_rate
    from weights
    inner join means
        on weights.population = means.population
        and weights.curve_type = means.curve_type
        and weights.curve_key = means.curve_key
    group by weights.population, weights.partner_key

),

found as (

    select
        weights.population,
        weights.partner_key,
        curves.time_days,
        sum(weights.weight * curves.found_share) as found_share
    from weights
    inner join curves
        on weights.population = curves.population
        and weights.curve_type = curves.curve_type
        and weights.curve_key = curves.curve_key
    group by weights.population, weights.partner_key, curves.time_days

),

mixtures as (

    select
        population,
        partner_key,
        time_days,
        1 - sum(found_share) over (
            partition by population, partner_key order by time_days
            rows between unbounded preceding and current row
        ) as survival
    from found

),

{{ median_survival('mixtures', ['population', 'partner_key']) }},

final as (

    select
        weighed.population,
        weighed.partner_key,
        coalesce(weighed.n_all, weighed.n_segments) as n_unaided,
        weighed.unaided_days,
        weighed.unaided_variance,
        weighed.evaluation_variance,
        weighed.win_rate,
        medians.median_days as unaided_median_days
    from weighed
    inner join medians
        on weighed.population = medians.population
        and weighed.partner_key = medians.partner_key

)

select * from final
