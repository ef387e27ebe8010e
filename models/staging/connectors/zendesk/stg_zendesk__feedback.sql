-- Question: what did customers say of their tickets? Grain: answer to a rating; a later
-- answer for the same ticket supersedes it, and a ticket that is gone takes it along.
with

ratings as (

    select * from {{ ref('stg_zendesk__ratings') }}

),

tickets as (

    select
        source,
        source_id,
        max(account_id) as account_id,
        max(is_deleted) as is_deleted
    from {{ ref('stg_zendesk__tickets') }}
    group by source, source_id

),

requesters as (

    select
        connection,
        id,
        max(requester_id) as requester_id
    from {{ ref('base_zendesk__ticket') }}
    group by connection, id

),

people as (

    select distinct source, source_id from {{ ref('stg_zendesk__people') }}

),

joined as (

    select
        ratings.*,
        tickets.account_id,
        tickets.is_deleted as is_gone,
        people.source_id as person_id
    from ratings
    left join tickets
        on ratings.connection = tickets.source
        and ratings.ticket_id = tickets.source_id
    left join requesters
        on ratings.connection = requesters.connection
        and ratings.ticket_id = requesters.id
    left join people
        on requesters.connection = people.source
        and requesters.requester_id = people.source_id

),

final as (

    select
        {{ stream_row('feedback', {
            'source': 'connection',
            'source_id': 'ticket_id',
            'account_id': 'account_id',
            'person_id': 'person_id',
            'kind': "'csat'",
            'score': 'score',
            'occurred_at': 'rated_at',
            'updated_at': 'rated_at',
            'is_deleted': 'is_gone',
        }) }}
    from joined

)

select * from final
