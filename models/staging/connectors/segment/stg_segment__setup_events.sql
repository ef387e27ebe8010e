-- Question: which steps towards running the product did a workspace take?
-- Grain: event whose name the seed source_values maps to a set-up event, each sending.
-- The solution is given where the event names one that some system knows.
with

events as (

    select * from {{ ref('stg_segment__events') }}
    where setup_event is not null

),

solutions as (

    select source, source_id, solution
    from {{ ref('stg_solutions__checked') }}
    where reject_reason is null

),

named as (

    select source_id as name, 1 as name_order, source, source_id from solutions
    union all
    select solution as name, 2 as name_order, source, source_id from solutions

),

known as (

    select
        name,
        source,
        source_id,
        row_number() over (
            partition by name order by name_order, source, source_id
        ) as known_order
    from named

),

joined as (

    select
        events.*,
        known.source_id as solution_id,
        known.source as solution_source,
        case when events.is_gone then 'true' else 'false' end as is_removed
    from events
    left join known
        on events.solution = known.name
        and known.known_order = 1

),

final as (

    select
        {{ stream_row('setup_events', {
            'source': 'connection',
            'source_id': 'event_id',
            'account_id': 'group_id',
            'event': 'setup_event',
            'occurred_at': 'happened_at',
            'solution_id': 'solution_id',
            'solution_source': 'solution_source',
            'updated_at': 'known_at',
            'is_deleted': 'is_removed',
        }) }}
    from joined

)

select * from final
