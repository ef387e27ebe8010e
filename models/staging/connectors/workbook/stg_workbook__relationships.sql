-- Question: which partner stood by which customer, as the workbook tells it?
-- Grain: row of its sheet Partners involved.
-- Bringing a customer is no standing tie, so rows of the stage acquisition make none.
with

involved as (

    select * from {{ ref('base_workbook__partners_involved') }}
    where stage <> 'acquisition'

),

final as (

    select
        {{ stream_row('relationships', {
            'source': "'workbook'",
            'source_id': 'source_row',
            'kind': "'serves'",
            'from_type': "'partner'",
            'from_id': 'partner',
            'to_type': "'account'",
            'to_id': 'account',
            'started_at': 'from_date',
            'ended_at': 'to_date',
        }) }}
    from involved

)

select * from final
