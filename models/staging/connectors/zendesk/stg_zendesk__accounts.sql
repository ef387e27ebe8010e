-- Question: which organisations does the help desk know? Grain: version of an
-- organisation. The first of its domains counts; further ones are left out, since lists
-- of domains hold those of agencies and of people's private mail.
with

organizations as (

    select * from {{ ref('base_zendesk__organization') }}

),

listed as (

    select
        connection,
        organization_id,
        domain_name,
        row_number() over (
            partition by connection, organization_id
            order by {{ read_number('index') }}, domain_name
        ) as place
    from {{ ref('base_zendesk__domain_name') }}

),

joined as (

    select
        organizations.*,
        coalesce(listed.domain_name, {{ json_first('organizations.domain_names') }})
            as first_domain,
        case
            when organizations.deleted_at is not null then 'true'
            else organizations.is_removed
        end as is_gone
    from organizations
    left join listed
        on organizations.connection = listed.connection
        and organizations.id = listed.organization_id
        and listed.place = 1

),

final as (

    select
        {{ stream_row('accounts', {
            'source': 'connection',
            'source_id': 'id',
            'name': 'name',
            'domain': 'first_domain',
            'country': 'country',
            'created_at': 'created_at',
            'updated_at': 'coalesce(version_at, updated_at, synced_at)',
            'is_deleted': 'is_gone',
        }) }}
    from joined

)

select * from final
