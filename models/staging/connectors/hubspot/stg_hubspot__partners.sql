-- Question: which HubSpot companies are partners? Grain: version of a company that is
-- typed as a partner, or labelled as one on a deal; merged ids follow their record.
with

companies as (

    select * from {{ ref('stg_hubspot__companies') }}

),

partner_ids as (

    select connection, current_id
    from companies
    where lower(account_type) = 'partner'
    union
    select connection, company_id as current_id
    from {{ ref('stg_hubspot__deal_companies') }}
    where role is not null and is_gone is null

),

chosen as (

    select companies.*
    from companies
    inner join partner_ids
        on companies.connection = partner_ids.connection
        and companies.current_id = partner_ids.current_id

),

final as (

    select
        {{ stream_row('partners', {
            'source': 'connection',
            'source_id': 'company_id',
            'name': 'property_name',
            'domain': 'coalesce(email_domain, property_domain)',
            'country': 'property_country',
            'partner_type': 'coalesce(partner_type, '
                ~ translated(
                    'hubspot', 'partners.partner_type', 'property_type', 'null'
                )
                ~ ')',
            'tier': 'partner_tier',
            'joined_at': 'partner_since',
            'left_at': 'partner_until',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from chosen

)

select * from final
