-- Question: which tags does a ticket carry that the seed source_values gives a meaning?
-- Grain: ticket that carries one. The table of tags and the list on the ticket say the
-- same; a landing has one of them.
with

tickets as (

    select * from {{ ref('base_zendesk__ticket') }}

),

listed as (

    {{ json_elements('tickets', 'tags') }}

),

tags as (

    select
        connection,
        ticket_id,
        tag
    from {{ ref('base_zendesk__ticket_tag') }}
    union all
    select
        connection,
        id as ticket_id,
        trim(both '"' from element) as tag
    from listed

),

meanings as (

    select
        tags.connection,
        tags.ticket_id,
        {{ translated('zendesk', 'tickets.escalated', 'tags.tag', 'null') }}
            as is_escalated,
        {{ translated('zendesk', 'tickets.is_deleted', 'tags.tag', 'null') }}
            as is_merged
    from tags

),

final as (

    select
        connection,
        ticket_id,
        max(is_escalated) as is_escalated,
        max(is_merged) as is_merged
    from meanings
    where is_escalated is not null or is_merged is not null
    group by connection, ticket_id

)

select * from final
