-- Question: when was a ticket last solved, and was it merged into another? Grain:
-- ticket of which one of the two is known. A landing says when in the history of fields
-- or in the metrics.
with

tickets as (

    select * from {{ ref('base_zendesk__ticket') }}

),

lists_of_merged as (

    {{ json_elements('tickets', 'merged_ticket_ids') }}

),

merged as (

    select
        connection,
        trim(both '"' from element) as ticket_id,
        cast(null as {{ type_text() }}) as solved_at,
        'true' as is_merged
    from lists_of_merged

),

changed as (

    select
        connection,
        ticket_id,
        updated as solved_at,
        cast(null as {{ type_text() }}) as is_merged
    from {{ ref('base_zendesk__ticket_field_history') }}
    where field_name = 'status' and value = 'solved'

),

measured as (

    select
        connection,
        ticket_id,
        solved_at,
        cast(null as {{ type_text() }}) as is_merged
    from {{ ref('base_zendesk__ticket_metric') }}

),

known as (

    select * from merged
    union all
    select * from changed
    union all
    select * from measured

),

final as (

    select
        connection,
        ticket_id,
        max(solved_at) as solved_at,
        max(is_merged) as is_merged
    from known
    group by connection, ticket_id

)

select * from final
