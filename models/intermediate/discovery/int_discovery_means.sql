-- Question: how long does an evaluation of each curve take?
-- Grain: population and curve. Days from need, of at most the horizon; nobody is found
-- before the landmark, so the days up to it are in both sides.
with

evaluations as (

    select * from {{ ref('int_discovery_groups') }}

),

curves as (

    select * from {{ ref('int_discovery_curves') }}

),

{{ restricted_means(
    'curves', ['population', 'curve_type', 'curve_key'], rule('deal_horizon_days')
) }},

{{ median_survival('curves', ['population', 'curve_type', 'curve_key']) }},

counted as (

    select
        population,
        curve_type,
        curve_key,
        count(*) as n_evaluations,
        count(distinct account_key) as n_accounts,
        sum(case when is_provisional and is_found = 1 then 1 else 0 end)
            as n_provisional,
        sum(case when status = 'won' then 1 else 0 end) as n_won,
        sum(case when status = 'lost' then 1 else 0 end) as n_lost
    from evaluations
    group by population, curve_type, curve_key

),

final as (

    select
        counted.*,
        means.restricted_mean,
        means.restricted_variance,
        medians.median_days
    from counted
    inner join means
        on counted.population = means.population
        and counted.curve_type = means.curve_type
        and counted.curve_key = means.curve_key
    inner join medians
        on counted.population = medians.population
        and counted.curve_type = medians.curve_type
        and counted.curve_key = medians.curve_key

)

select * from final
