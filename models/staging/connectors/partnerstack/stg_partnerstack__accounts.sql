-- Question: which organisations does the portal name? Grain: version of a customer,
-- lead or deal; each is a record of its own, since the portal spells its company anew.
-- Ids carry the kind in front, so that keys of different tables cannot meet.
with

customers as (

    select
        'customer_' || key as record_id,
        coalesce(company_name, name) as company,
        email,
        country,
        'customer' as account_type,
        created_at,
        updated_at,
        test,
        connection,
        version_at,
        synced_at,
        is_removed,
        row_file,
        row_number
    from {{ ref('base_partnerstack__customers') }}

),

leads as (

    select
        'lead_' || key as record_id,
        company_name as company,
        email,
        country,
        'prospect' as account_type,
        created_at,
        updated_at,
        test,
        connection,
        version_at,
        synced_at,
        is_removed,
        row_file,
        row_number
    from {{ ref('base_partnerstack__leads') }}

),

deals as (

    select
        'deal_' || key as record_id,
        account_name as company,
        contact_email as email,
        country,
        'prospect' as account_type,
        created_at,
        updated_at,
        test,
        connection,
        version_at,
        synced_at,
        is_removed,
        row_file,
        row_number
    from {{ ref('base_partnerstack__deals') }}

),

records as (

    select * from customers
    union all
    select * from leads
    union all
    select * from deals

),

final as (

    select
        {{ stream_row('accounts', {
            'source': 'connection',
            'source_id': 'record_id',
            'name': 'company',
            'domain': 'email',
            'country': 'country',
            'account_type': 'account_type',
            'created_at': from_milliseconds('created_at'),
            'updated_at': 'coalesce(version_at, ' ~ from_milliseconds('updated_at')
                ~ ', synced_at)',
            'is_deleted': "case when lower(test) = 'true' then 'true' else is_removed end",
        }) }}
    from records

)

select * from final
