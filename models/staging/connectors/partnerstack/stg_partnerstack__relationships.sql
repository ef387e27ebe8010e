-- Question: which partner brought which customer? Grain: version of a customer that a
-- partner brought; a customer without a partner ties nobody.
with

customers as (

    select * from {{ ref('base_partnerstack__customers') }}

),

partnerships as (

    select
        connection,
        key,
        max(partner_key) as partner_key
    from {{ ref('base_partnerstack__partnerships') }}
    group by connection, key

),

brought as (

    select
        customers.*,
        'customer_' || customers.key as record_id,
        coalesce(customers.partner_key, partnerships.partner_key) as brought_by
    from customers
    left join partnerships
        on customers.connection = partnerships.connection
        and customers.partnership_key = partnerships.key

),

final as (

    select
        {{ stream_row('relationships', {
            'source': 'connection',
            'source_id': 'record_id',
            'kind': "'refers'",
            'from_type': "'partner'",
            'from_id': 'brought_by',
            'to_type': "'account'",
            'to_id': 'record_id',
            'started_at': from_milliseconds('created_at'),
            'updated_at': 'coalesce(version_at, ' ~ from_milliseconds('updated_at')
                ~ ', synced_at)',
            'is_deleted': "case when lower(test) = 'true' then 'true' else is_removed end",
        }) }}
    from brought
    where brought_by is not null

)

select * from final
