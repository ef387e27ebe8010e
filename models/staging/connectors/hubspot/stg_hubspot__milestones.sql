-- Question: which dates of its life does a company state? Grain: version of a company
-- and milestone. Each is a property named in the var hubspot_custom_fields.
with

companies as (

    select *
    from {{ ref('stg_hubspot__companies') }}
    where not is_alias

),

dated as ({{ stated_milestones('companies', 'company_id') }}),

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
