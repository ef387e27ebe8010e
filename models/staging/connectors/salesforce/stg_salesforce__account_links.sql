-- Question: which accounts were merged into which? Grain: merged account.
-- Other systems go on naming the record that was merged away, so it stays a record.
with

accounts as (

    select * from {{ ref('base_salesforce__account') }}
    where master_record_id is not null

),

final as (

    select
        {{ stream_row('account_links', {
            'source': 'connection',
            'source_id': 'id',
            'account_id': 'id',
            'other_source': 'connection',
            'other_id': 'master_record_id',
            'link': "'same_as'",
            'decided_by': "'merge'",
            'decided_at': 'system_modstamp',
            'updated_at': 'system_modstamp',
        }) }}
    from accounts

)

select * from final
