-- Question: which partners does the workbook name? Grain: partner.
with

involved as (

    select * from {{ ref('base_workbook__partners_involved') }}

),

partners as (

    select
        partner,
        min(row_file) as row_file,
        min(row_number) as row_number
    from involved
    group by partner

),

final as (

    select
        {{ stream_row('partners', {
            'source': "'workbook'",
            'source_id': 'partner',
            'name': 'partner',
        }) }}
    from partners

)

select * from final
