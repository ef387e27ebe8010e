-- Question: who is in the buying group of a deal? Grain: contact role.
with

roles as (

    select
        contact_roles.*,
        coalesce(system_modstamp, synced_at) as changed_at,
        coalesce(is_removed, is_deleted) as is_gone
    from {{ ref('base_salesforce__opportunity_contact_role') }} as contact_roles

),

final as (

    select
        {{ stream_row('opportunity_people', {
            'source': 'connection',
            'source_id': 'id',
            'opportunity_id': 'opportunity_id',
            'person_id': 'contact_id',
            'role': translated('salesforce', 'opportunity_people.role', 'role'),
            'added_at': 'created_date',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from roles

)

select * from final
