-- Question: who works where? Grain: version of a contact, and id that was merged away,
-- which looks like the contact it went into. HubSpot knows the present company only.
with

contacts as (

    select
        contact.*,
        coalesce(version_at, property_lastmodifieddate, synced_at) as changed_at,
        {{ version_order(['id'], 'property_lastmodifieddate') }} as version_rank
    from {{ ref('base_hubspot__contact') }} as contact

),

merged as (

    select *
    from {{ ref('stg_hubspot__merges') }}
    where record_kind = 'contact'

),

known as (

    select distinct connection, id from contacts

),

companies as (

    select distinct connection, company_id
    from {{ ref('stg_hubspot__companies') }}

),

partners as (

    select distinct source, source_id from {{ ref('stg_hubspot__partners') }}

),

records as (

    select
        contacts.*,
        contacts.id as contact_id,
        case
            when merged.merged_id is not null then 'false'
            else coalesce(contacts.is_removed, contacts.is_deleted)
        end as is_gone
    from contacts
    left join merged
        on contacts.connection = merged.connection
        and contacts.id = merged.merged_id
    union all
    select
        contacts.*,
        merged.merged_id as contact_id,
        coalesce(contacts.is_removed, contacts.is_deleted) as is_gone
    from merged
    inner join contacts
        on merged.connection = contacts.connection
        and merged.survivor_id = contacts.id
        and contacts.version_rank = 1
    left join known
        on merged.connection = known.connection and merged.merged_id = known.id
    where known.id is null

),

described as (

    select
        records.*,
        nullif(
            trim(
                coalesce(records.property_firstname, '')
                || ' ' || coalesce(records.property_lastname, '')
            ),
            ''
        ) as full_name,
        coalesce(
            records.role,
            {{ dbt.split_part('records.property_hs_buying_role', "';'", 1) }}
        ) as stated_role,
        case when partners.source_id is null then companies.company_id end
            as at_account_id,
        partners.source_id as at_partner_id
    from records
    left join companies
        on records.connection = companies.connection
        and records.property_associatedcompanyid = companies.company_id
    left join partners
        on records.connection = partners.source
        and records.property_associatedcompanyid = partners.source_id

),

final as (

    select
        {{ stream_row('people', {
            'source': 'connection',
            'source_id': 'contact_id',
            'email': 'property_email',
            'full_name': 'full_name',
            'title': 'property_jobtitle',
            'seniority': translated('hubspot', 'people.seniority', 'seniority'),
            'account_id': 'at_account_id',
            'partner_id': 'at_partner_id',
            'role': translated('hubspot', 'people.role', 'stated_role'),
            'started_at': 'coalesce(position_started, property_createdate)',
            'ended_at': 'position_ended',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from described

)

select * from final
