-- Question: who of which organisation asks? Grain: version of an end user who belongs
-- to an organisation. Agents are the company's own people, and others belong nowhere.
with

users as (

    select
        users.*,
        {{ translated('zendesk', 'people.role', 'users.role') }} as contract_role
    from {{ ref('base_zendesk__user') }} as users

),

asking as (

    select
        users.*,
        case when lower(active) = 'false' then 'true' else is_removed end as is_gone
    from users
    where contract_role = 'user' and organization_id is not null

),

final as (

    select
        {{ stream_row('people', {
            'source': 'connection',
            'source_id': 'id',
            'email': 'email',
            'full_name': 'name',
            'account_id': 'organization_id',
            'role': 'contract_role',
            'started_at': 'created_at',
            'updated_at': 'coalesce(version_at, updated_at, synced_at)',
            'is_deleted': 'is_gone',
        }) }}
    from asking

)

select * from final
