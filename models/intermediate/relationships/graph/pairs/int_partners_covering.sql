-- Question: which needs can each partner cover by the catalogue? Grain: partner and
-- need. covered_set lists them all, so that partners that offer the same can be counted
-- together.
with

covers as (

    select distinct provider_key as partner_key, need
    from {{ ref('int_solution_needs') }}
    where provider = 'partner' and provider_key <> 'unnamed' and coverage > 0

),

sets as (

    select partner_key, {{ ordered_list('need', '|', 'need') }} as covered_set
    from covers
    group by partner_key

),

final as (

    select covers.partner_key, covers.need, sets.covered_set
    from covers
    inner join sets on covers.partner_key = sets.partner_key

)

select * from final
