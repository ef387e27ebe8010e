-- Question: which ties do sources state, and between which nodes? Grain: stated tie.
-- A kind reads one way round, however it is stated. An end that is nobody is null; what
-- is not shared, or of which nothing is known, is no tie.
with

relationships as (

    select
        source,
        source_id,
        kind,
        from_type,
        from_source,
        from_id,
        to_type,
        to_source,
        to_id,
        cast(started_at as date) as started_date,
        cast(ended_at as date) as ended_date,
        case when visibility = 'observed' then 'observed' else 'declared' end
            as evidence,
        coalesce(sharing_scope, 'open') = 'restricted' as is_restricted
    from {{ ref('stg_relationships') }}
    where coalesce(visibility, 'observed') = 'observed'

),

ends as (

    select
        case stream when 'accounts' then 'account' else 'partner' end as end_type,
        source,
        source_id,
        organisation_key as node_key
    from {{ ref('stg_organisation_members') }}
    union all
    select 'person' as end_type, source, source_id, person_key as node_key
    from {{ ref('stg_person_members') }}
    union all
    select distinct 'solution' as end_type, source, source_id, solution_key as node_key
    from {{ ref('int_solutions') }}

),

resolved as (

    select
        relationships.*,
        near.node_key as near_key,
        far.node_key as far_key,
        case
            when relationships.kind = 'refers' then false
            when relationships.from_type = relationships.to_type
                then coalesce(near.node_key > far.node_key, false)
            when relationships.kind = 'uses_technology'
                then relationships.from_type = 'solution'
            when relationships.from_type = 'account' then true
            when relationships.to_type = 'person' then true
            else
                relationships.from_type = 'solution'
                and relationships.to_type = 'partner'
        end as is_turned
    from relationships
    left join ends as near
        on relationships.from_type = near.end_type
        and relationships.from_source = near.source
        and relationships.from_id = near.source_id
    left join ends as far
        on relationships.to_type = far.end_type
        and relationships.to_source = far.source
        and relationships.to_id = far.source_id

),

final as (

    select
        {{ surrogate_key(["'tie'", 'source', 'source_id']) }} as tie_key,
        case when is_turned then far_key else near_key end as from_node_key,
        case when is_turned then near_key else far_key end as to_node_key,
        case kind
            when 'overlap' then 'overlaps'
            when 'alumni' then 'worked_at'
            when 'board_seat' then 'sits_on_board'
            when 'uses_technology' then 'uses'
            else kind
        end as edge_type,
        -- who is stated as formerly there had left when the statement begins
        case when kind <> 'alumni' then started_date end as started_date,
        case when kind = 'alumni' then coalesce(started_date, ended_date)
            else ended_date
        end as ended_date,
        evidence,
        is_restricted
    from resolved

)

select * from final
