-- Question: which organisations does HubSpot know? Grain: version of a company, and id
-- that was merged away, since other systems go on naming it. A parent that was not
-- landed is left out.
with

companies as (

    select * from {{ ref('stg_hubspot__companies') }}

),

known as (

    select distinct connection, company_id from companies

),

owners as (

    select
        connection,
        owner_id,
        max(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')))
            as full_name
    from {{ ref('base_hubspot__owner') }}
    group by connection, owner_id

),

joined as (

    select
        companies.*,
        known.company_id as known_parent_id,
        owners.full_name as owner_name
    from companies
    left join known
        on companies.connection = known.connection
        and companies.property_hs_parent_company_id = known.company_id
        and companies.property_hs_parent_company_id <> companies.company_id
    left join owners
        on companies.connection = owners.connection
        and companies.property_hubspot_owner_id = owners.owner_id

),

final as (

    select
        {{ stream_row('accounts', {
            'source': 'connection',
            'source_id': 'company_id',
            'name': 'property_name',
            'domain': 'coalesce(email_domain, property_domain)',
            'country': 'property_country',
            'region': 'property_state',
            'city': 'property_city',
            'address': 'property_address',
            'postal_code': 'property_zip',
            'phone': 'property_phone',
            'industry': 'property_industry',
            'segment': 'segment',
            'employees': 'property_numberofemployees',
            'annual_revenue': 'property_annualrevenue',
            'account_type': 'account_type',
            'parent_id': 'known_parent_id',
            'owner': 'owner_name',
            'created_at': 'property_createdate',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from joined

)

select * from final
