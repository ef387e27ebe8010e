-- Question: which unaided curves stand for a partner's evaluations, with what weight?
-- Grain: population, partner and curve. Each segment weighs as much as it does among
-- the partner's own; where too few were unaided, those of all segments stand in.
with

evaluations as (

    select population, curve_key as partner_key, segment
    from {{ ref('int_discovery_groups') }}
    where curve_type = 'partner'

),

segments as (

    select population, curve_key as segment from {{ ref('int_discovery_means') }}
    where
        curve_type = 'segment'
        and n_evaluations >= {{ rule('min_unaided_evaluations') }}

),

strata as (

    select population, partner_key, segment, count(*) as n_assisted
    from evaluations
    group by population, partner_key, segment

),

chosen as (

    select
        strata.population,
        strata.partner_key,
        case when segments.segment is null then 'all' else 'segment' end as curve_type,
        coalesce(segments.segment, 'all') as curve_key,
        cast(strata.n_assisted as {{ type_double() }})
        / sum(strata.n_assisted) over (
            partition by strata.population, strata.partner_key
        ) as share
    from strata
    left join segments
        on strata.population = segments.population
        and strata.segment = segments.segment

),

final as (

    select population, partner_key, curve_type, curve_key, sum(share) as weight
    from chosen
    group by population, partner_key, curve_type, curve_key

)

select * from final
