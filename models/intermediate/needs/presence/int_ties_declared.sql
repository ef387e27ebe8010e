-- Question: which partners and solutions are said to stand at which account? Grain:
-- tie. It names a partner, whose solutions are all meant, or one solution.
with

relationships as (

    select * from {{ ref('stg_relationships') }}
    where kind in ('uses_technology', 'integrates_with')

),

members as (

    select stream, source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}

),

solutions as (

    select source, source_id, solution_key from {{ ref('int_solutions') }}

),

directed as (

    select
        source,
        source_id,
        from_type as offer_type,
        from_source as offer_source,
        from_id as offer_id,
        to_source as account_source,
        to_id as account_id,
        cast(started_at as date) as started_date,
        cast(ended_at as date) as ended_date
    from relationships
    where to_type = 'account' and from_type in ('partner', 'solution')
    union all
    select
        source,
        source_id,
        to_type as offer_type,
        to_source as offer_source,
        to_id as offer_id,
        from_source as account_source,
        from_id as account_id,
        cast(started_at as date) as started_date,
        cast(ended_at as date) as ended_date
    from relationships
    where from_type = 'account' and to_type in ('partner', 'solution')

),

final as (

    select
        tie_key,
        account_key,
        partner_key,
        cast(null as {{ type_text() }}) as solution_key,
        started_date,
        ended_date
    from {{ ref('int_ties') }}
    union all
    select
        {{ surrogate_key(["'tie'", 'directed.source', 'directed.source_id']) }}
            as tie_key,
        account.organisation_key as account_key,
        partner.organisation_key as partner_key,
        solutions.solution_key,
        directed.started_date,
        directed.ended_date
    from directed
    inner join members as account
        on account.stream = 'accounts'
        and directed.account_source = account.source
        and directed.account_id = account.source_id
    left join members as partner
        on directed.offer_type = 'partner'
        and partner.stream = 'partners'
        and directed.offer_source = partner.source
        and directed.offer_id = partner.source_id
    left join solutions
        on directed.offer_type = 'solution'
        and directed.offer_source = solutions.source
        and directed.offer_id = solutions.source_id
    where coalesce(partner.organisation_key, solutions.solution_key) is not null

)

select * from final
