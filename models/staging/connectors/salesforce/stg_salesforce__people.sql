-- Question: who held which position where? Grain: position of a contact.
-- A contact's present position has the contact's own id, which other rows name. Stated
-- relations to accounts give dates and roles, and further positions.
with

positions as (

    select * from {{ ref('stg_salesforce__positions') }}

),

relations as (

    select
        stated.*,
        {{ dbt.split_part('roles', "';'", 1) }} as first_role,
        case when lower(is_active) = 'false' then end_date end as left_at
    from {{ ref('base_salesforce__account_contact_relation') }} as stated
    where coalesce(is_removed, is_deleted, 'false') <> 'true'

),

partners as (

    select distinct source, source_id from {{ ref('stg_salesforce__partners') }}

),

contacts as (

    select
        contact.*,
        coalesce(version_at, system_modstamp, synced_at) as changed_at,
        {{ version_order(['id'], 'system_modstamp') }} as version_rank
    from {{ ref('base_salesforce__contact') }} as contact

),

held as (

    select
        positions.connection,
        positions.contact_id,
        positions.account_id,
        case
            when positions.ended_at is null then positions.contact_id
            else positions.contact_id || '@' || positions.started_at
        end as position_id,
        coalesce(relations.start_date, positions.started_at) as started_at,
        coalesce(relations.left_at, positions.ended_at) as ended_at,
        relations.first_role
    from positions
    left join relations
        on positions.connection = relations.connection
        and positions.contact_id = relations.contact_id
        and positions.account_id = relations.account_id
    union all
    select
        relations.connection,
        relations.contact_id,
        relations.account_id,
        relations.id as position_id,
        relations.start_date as started_at,
        relations.left_at as ended_at,
        relations.first_role
    from relations
    left join positions
        on relations.connection = positions.connection
        and relations.contact_id = positions.contact_id
        and relations.account_id = positions.account_id
    where positions.contact_id is null

),

described as (

    select
        contacts.*,
        held.position_id,
        held.started_at,
        held.ended_at,
        coalesce(contacts.role, held.first_role) as stated_role,
        case when partners.source_id is null then held.account_id end as at_account_id,
        partners.source_id as at_partner_id,
        {{ salesforce_is_gone('contacts') }} as is_gone
    from held
    inner join contacts
        on held.connection = contacts.connection
        and held.contact_id = contacts.id
        and contacts.version_rank = 1
    left join partners
        on held.connection = partners.source and held.account_id = partners.source_id

),

final as (

    select
        {{ stream_row('people', {
            'source': 'connection',
            'source_id': 'position_id',
            'email': 'email',
            'full_name': 'name',
            'title': 'title',
            'seniority': translated('salesforce', 'people.seniority', 'seniority'),
            'account_id': 'at_account_id',
            'partner_id': 'at_partner_id',
            'role': translated('salesforce', 'people.role', 'stated_role'),
            'started_at': 'started_at',
            'ended_at': 'ended_at',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from described

)

select * from final
