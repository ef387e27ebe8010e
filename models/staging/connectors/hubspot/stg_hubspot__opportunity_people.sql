-- Question: who is in the buying group of a deal? Grain: landed association. The role
-- is the association's label, else the contact's buying role; unlabelled rows beside a
-- label have the label's id.
with

associations as (

    select
        deal_contact.connection,
        coalesce(deals.current_id, deal_contact.deal_id) as deal_id,
        coalesce(merged.survivor_id, deal_contact.contact_id) as contact_id,
        deal_contact.label,
        deal_contact.category || ' ' || deal_contact.type_id as type_word,
        case when lower(deal_contact.is_removed) = 'true' then 'true' end as is_gone,
        deal_contact.synced_at,
        deal_contact.row_file,
        deal_contact.row_number
    from {{ ref('base_hubspot__deal_contact') }} as deal_contact
    left join {{ ref('stg_hubspot__deals') }} as deals
        on deal_contact.connection = deals.connection
        and deal_contact.deal_id = deals.deal_id
    left join {{ ref('stg_hubspot__merges') }} as merged
        on deal_contact.connection = merged.connection
        and merged.record_kind = 'contact'
        and deal_contact.contact_id = merged.merged_id

),

contacts as (

    select
        connection,
        id,
        max({{ dbt.split_part('property_hs_buying_role', "';'", 1) }}) as buying_role
    from {{ ref('base_hubspot__contact') }}
    group by connection, id

),

worded as (

    select
        associations.*,
        coalesce(
            {{ translated('hubspot', 'opportunity_people.role', 'type_word', 'null') }},
            {{ translated('hubspot', 'opportunity_people.role', 'label') }}
        ) as word
    from associations

),

said as (

    select
        connection,
        deal_id,
        contact_id,
        min(word) as first_word
    from worded
    where is_gone is null
    group by connection, deal_id, contact_id

),

joined as (

    select
        worded.connection,
        worded.deal_id,
        worded.contact_id,
        coalesce(worded.word, said.first_word) as word,
        coalesce(
            worded.word,
            said.first_word,
            {{ translated(
                'hubspot', 'opportunity_people.role', 'contacts.buying_role'
            ) }}
        ) as stated_role,
        worded.is_gone,
        worded.synced_at,
        worded.row_file,
        worded.row_number
    from worded
    left join said
        on worded.connection = said.connection
        and worded.deal_id = said.deal_id
        and worded.contact_id = said.contact_id
    left join contacts
        on worded.connection = contacts.connection and worded.contact_id = contacts.id

),

final as (

    select
        {{ stream_row('opportunity_people', {
            'source': 'connection',
            'source_id': "deal_id || ':' || contact_id || coalesce(':' || word, '')",
            'opportunity_id': 'deal_id',
            'person_id': 'contact_id',
            'role': 'stated_role',
            'updated_at': 'synced_at',
            'is_deleted': 'is_gone',
        }) }}
    from joined

)

select * from final
