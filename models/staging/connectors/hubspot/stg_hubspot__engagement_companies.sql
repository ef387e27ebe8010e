-- Question: which companies is an engagement about, or whose people took part?
-- Grain: engagement and company. A partner named on the engagement took part.
with

merged as (

    select connection, merged_id, survivor_id
    from {{ ref('stg_hubspot__merges') }}
    where record_kind = 'contact'

),

named as (

    select
        connection,
        engagement_id,
        company_id,
        cast(null as {{ type_text() }}) as contact_id,
        1 as is_stated
    from {{ ref('base_hubspot__engagement_company') }}
    where coalesce(lower(is_removed), 'false') <> 'true'
    union all
    select
        connection,
        engagement_id,
        partner_company as company_id,
        cast(null as {{ type_text() }}) as contact_id,
        1 as is_stated
    from {{ ref('stg_hubspot__engagements') }}
    where partner_company is not null
    union all
    select
        with_contact.connection,
        with_contact.engagement_id,
        coalesce(people.account_id, people.partner_id) as company_id,
        people.source_id as contact_id,
        0 as is_stated
    from {{ ref('base_hubspot__engagement_contact') }} as with_contact
    left join merged
        on with_contact.connection = merged.connection
        and with_contact.contact_id = merged.merged_id
    inner join {{ ref('stg_hubspot__people') }} as people
        on with_contact.connection = people.source
        and coalesce(merged.survivor_id, with_contact.contact_id) = people.source_id
    where coalesce(lower(with_contact.is_removed), 'false') <> 'true'

),

companies as (

    select distinct connection, company_id, current_id
    from {{ ref('stg_hubspot__companies') }}

),

final as (

    select
        named.connection,
        named.engagement_id,
        companies.current_id as company_id,
        min(named.contact_id) as contact_id,
        max(named.is_stated) = 1 as is_stated
    from named
    inner join companies
        on named.connection = companies.connection
        and named.company_id = companies.company_id
    group by named.connection, named.engagement_id, companies.current_id

)

select * from final
