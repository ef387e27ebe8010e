-- Question: how was a ticket rated, and when? Grain: answer to a rating. A rating that
-- was only offered is none. The history of fields and the table of ratings say the
-- same; a landing has one of them.
with

history as (

    select
        connection,
        ticket_id,
        value as word,
        updated as rated_at,
        row_file,
        row_number
    from {{ ref('base_zendesk__ticket_field_history') }}
    where field_name = 'satisfaction_score'

),

ratings as (

    select
        connection,
        ticket_id,
        score as word,
        coalesce(updated_at, created_at) as rated_at,
        row_file,
        row_number
    from {{ ref('base_zendesk__satisfaction_rating') }}

),

given as (

    select * from history
    union all
    select * from ratings

),

translated_words as (

    select
        given.*,
        {{ translated('zendesk', 'tickets.csat', 'given.word', 'null') }} as score
    from given

),

final as (

    select
        connection,
        ticket_id,
        score,
        rated_at,
        row_number() over (
            partition by connection, ticket_id
            order by rated_at desc, score desc
        ) as newest_order,
        row_file,
        row_number
    from translated_words
    where score is not null

)

select * from final
