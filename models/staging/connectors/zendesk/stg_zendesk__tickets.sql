-- Question: which support cases were there? Grain: version of a ticket. It belongs to
-- its organisation, else to the requester's. A ticket merged into another, or deleted,
-- counts as deleted; it was closed when it was last solved, else when it last changed.
with

tickets as (

    select
        tickets.*,
        {{ translated('zendesk', 'tickets.closed_at', 'tickets.status', 'null') }}
            as end_word,
        {{ translated('zendesk', 'tickets.is_deleted', 'tickets.status', 'null') }}
            as deletion_word
    from {{ ref('base_zendesk__ticket') }} as tickets

),

requesters as (

    select
        connection,
        id,
        max(organization_id) as organization_id
    from {{ ref('base_zendesk__user') }}
    group by connection, id

),

tags as (

    select * from {{ ref('stg_zendesk__ticket_tags') }}

),

ratings as (

    select * from {{ ref('stg_zendesk__ratings') }}
    where newest_order = 1

),

ends as (

    select * from {{ ref('stg_zendesk__ticket_ends') }}

),

partners as (

    select source, source_id
    from {{ ref('stg_known_records') }}
    where stream = 'partners' and id_order = 1

),

joined as (

    select
        tickets.*,
        ratings.score,
        partners.source as partner_source,
        partners.source_id as partner_id,
        coalesce(tickets.organization_id, requesters.organization_id) as account_id,
        coalesce(tags.is_escalated, 'false') as is_escalated,
        case
            when tickets.end_word is not null
                then coalesce(tickets.solved_at, ends.solved_at, tickets.updated_at)
        end as closed_at,
        coalesce(
            tickets.deletion_word, ends.is_merged, tags.is_merged, tickets.is_removed
        ) as is_gone
    from tickets
    left join requesters
        on tickets.connection = requesters.connection
        and tickets.requester_id = requesters.id
    left join tags
        on tickets.connection = tags.connection and tickets.id = tags.ticket_id
    left join ratings
        on tickets.connection = ratings.connection and tickets.id = ratings.ticket_id
    left join ends
        on tickets.connection = ends.connection and tickets.id = ends.ticket_id
    left join partners on tickets.partner = partners.source_id

),

final as (

    select
        {{ stream_row('tickets', {
            'source': 'connection',
            'source_id': 'id',
            'account_id': 'account_id',
            'opened_at': 'created_at',
            'closed_at': 'closed_at',
            'severity': translated('zendesk', 'tickets.severity', 'priority'),
            'escalated': 'is_escalated',
            'csat': 'score',
            'partner_id': 'partner_id',
            'partner_source': 'partner_source',
            'updated_at': 'coalesce(version_at, updated_at, synced_at)',
            'is_deleted': 'is_gone',
        }) }}
    from joined

)

select * from final
