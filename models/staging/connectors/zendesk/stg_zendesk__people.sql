-- Question: who of which organisation asks? Grain: version of an end user who belongs to
-- an organisation. Agents are the company's own people, and others belong nowhere.
with

users as (

    select
        users.*,
        {{ translated('zendesk', 'people.role', 'users.role') }} as contract_role
    from {{ ref('base_zendesk__user') }} as users

),

organizations as (

    select distinct connection, id from {{ ref('base_zendesk__organization') }}

),

joined as (

    select
        users.*,
        case when lower(users.active) = 'false' then 'true' else users.is_removed end
            as is_gone
    from users
    inner join organizations
        on users.connection = organizations.connection
        and users.organization_id = organizations.id
    where users.contract_role = 'user'

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
    from joined

)

select * from final
