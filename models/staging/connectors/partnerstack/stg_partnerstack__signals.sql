-- Question: when did a customer that a partner brought pay? Grain: version of a
-- transaction. One of a customer that did not land is refused, so that it shows.
with

transactions as (

    select * from {{ ref('base_partnerstack__transactions') }}

),

customers as (

    select
        connection,
        customer_key,
        max(key) as key
    from {{ ref('base_partnerstack__customers') }}
    group by connection, customer_key

),

located as (

    select
        transactions.*,
        'customer_' || coalesce(customers.key, transactions.customer_key)
            as record_id
    from transactions
    left join customers
        on transactions.connection = customers.connection
        and transactions.customer_key = customers.customer_key

),

final as (

    select
        {{ stream_row('signals', {
            'source': 'connection',
            'source_id': 'key',
            'account_id': 'record_id',
            'family': "'partner'",
            'event': "'partner_transaction'",
            'occurred_at': from_milliseconds('created_at'),
            'updated_at': 'coalesce(version_at, ' ~ from_milliseconds('updated_at')
                ~ ', synced_at)',
            'is_deleted': "case when lower(test) = 'true' then 'true' else is_removed end",
        }) }}
    from located

)

select * from final
