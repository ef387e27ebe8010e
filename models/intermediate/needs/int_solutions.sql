-- Question: what could cover which need, and whose is it? Grain: row of the catalogue.
-- One name of one provider is one solution in every source. A partner's solution whose
-- partner is not named belongs to `unnamed`.
with

solutions as (

    select * from {{ ref('stg_solutions') }}

),

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'partners'

),

named as (

    select
        solutions.source,
        solutions.source_id,
        case when solutions.provider = 'vendor' then 'vendor' else 'partner' end
            as provider,
        case
            when solutions.provider = 'vendor' then 'vendor'
            else coalesce(members.organisation_key, 'unnamed')
        end as provider_key,
        lower(trim(solutions.solution)) as product,
        {{ typed_key('solutions.need') }} as need,
        coalesce(solutions.coverage, {{ rule('coverage_default') }}) as coverage
    from solutions
    left join members
        on solutions.partner_source = members.source
        and solutions.partner_id = members.source_id

),

final as (

    select
        source,
        source_id,
        {{ surrogate_key(["'solution'", 'provider_key', 'product']) }} as solution_key,
        provider,
        provider_key,
        product,
        need,
        cast(coverage as {{ type_double() }}) as coverage
    from named

)

select * from final
