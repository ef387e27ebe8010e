-- Question: which ids of companies are there, and which record stands for each?
-- Grain: version of a company; and each id that was merged away and is no row any more,
-- which looks like the record it went into.
with

companies as (

    select
        company.*,
        coalesce(version_at, property_hs_lastmodifieddate, synced_at) as changed_at,
        {{ version_order(['id'], 'property_hs_lastmodifieddate') }} as version_rank
    from {{ ref('base_hubspot__company') }} as company

),

merged as (

    select *
    from {{ ref('stg_hubspot__merges') }}
    where record_kind = 'company'

),

known as (

    select distinct connection, id from companies

),

records as (

    select
        companies.*,
        companies.id as company_id,
        coalesce(merged.survivor_id, companies.id) as current_id,
        false as is_alias,
        case
            when merged.merged_id is not null then 'false'
            else coalesce(companies.is_removed, companies.is_deleted)
        end as is_gone
    from companies
    left join merged
        on companies.connection = merged.connection and companies.id = merged.merged_id
    union all
    select
        companies.*,
        merged.merged_id as company_id,
        companies.id as current_id,
        true as is_alias,
        coalesce(companies.is_removed, companies.is_deleted) as is_gone
    from merged
    inner join companies
        on merged.connection = companies.connection
        and merged.survivor_id = companies.id
        and companies.version_rank = 1
    left join known
        on merged.connection = known.connection and merged.merged_id = known.id
    where known.id is null

),

final as (

    select
        records.connection,
        records.company_id,
        records.current_id,
        records.is_alias,
        records.is_gone,
        records.changed_at,
        {{ translated('hubspot', 'accounts.account_type', 'records.property_type') }}
            as account_type,
        {% for name in [
            'property_name',
            'property_domain',
            'property_type',
            'property_hs_parent_company_id',
            'property_address',
            'property_city',
            'property_state',
            'property_zip',
            'property_country',
            'property_phone',
            'property_industry',
            'property_numberofemployees',
            'property_annualrevenue',
            'property_hubspot_owner_id',
            'property_createdate',
            'email_domain',
            'segment',
            'partner_type',
            'partner_tier',
            'partner_since',
            'partner_until',
            'need',
            'selected',
            'onboarding_started',
            'go_live',
            'first_value',
            'churned',
        ] -%}
        records.{{ name }},
        {% endfor -%}
        records.row_file,
        records.row_number
    from records

)

select * from final
