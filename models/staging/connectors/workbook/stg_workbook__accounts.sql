-- Question: which customers does the workbook name? Grain: row of its sheet Accounts.
with

accounts as (

    select * from {{ ref('base_workbook__accounts') }}

),

final as (

    select
        {{ stream_row('accounts', {
            'source': "'workbook'",
            'source_id': 'account',
            'name': 'account',
            'account_type': "'customer'",
            'created_at': 'start_date',
        }) }}
    from accounts

)

select * from final
