-- Question: which dates of its life does an account state?
-- Grain: version of an account and milestone. Each is a field the company adds and
-- names in salesforce_custom_fields.
with

accounts as (

    select
        account.*,
        coalesce(version_at, system_modstamp, synced_at) as changed_at,
        {{ salesforce_is_gone('account') }} as is_gone
    from {{ ref('base_salesforce__account') }} as account

),

dated as ({{ stated_milestones('accounts', 'id') }}),

final as (

    select
        {{ stream_row('milestones', {
            'source': 'connection',
            'source_id': "record_id || ':' || milestone",
            'account_id': 'record_id',
            'milestone': 'milestone',
            'occurred_at': 'occurred_at',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from dated

)

select * from final
