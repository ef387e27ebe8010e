-- Question: how much of which need does each solution cover? Grain: solution and need.
-- Listed twice it counts once, with the larger coverage.
with

final as (

    select
        solution_key,
        need,
        max(provider) as provider,
        max(provider_key) as provider_key,
        max(coverage) as coverage
    from {{ ref('int_solutions') }}
    group by solution_key, need

)

select * from final
