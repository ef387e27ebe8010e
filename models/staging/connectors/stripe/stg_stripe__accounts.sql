-- Question: which organisations does Stripe bill? Grain: version of a customer.
-- A customer deleted after it was billed stays a record, for its contracts are history;
-- one that never paid is gone. Since when, Stripe does not say: from its first day.
with

customers as (

    select
        customers.*,
        {{ version_order(['id']) }} as version_rank
    from {{ ref('base_stripe__customer') }} as customers

),

removed as (

    select connection, id
    from customers
    where
        version_rank = 1
        and (lower(is_removed) = 'true' or lower(is_deleted) = 'true')

),

contracted as (

    select distinct connection, customer_id
    from {{ ref('stg_stripe__periods') }}
    where not is_gone and not is_trial and not is_credit

),

joined as (

    select
        customers.*,
        coalesce(customers.name, customers.description) as billing_name,
        {{ read_moment('customers.created') }} as created_at,
        coalesce(lower(customers.livemode) = 'false', false)
        or (removed.id is not null and contracted.customer_id is null) as is_gone
    from customers
    left join removed
        on customers.connection = removed.connection
        and customers.id = removed.id
    left join contracted
        on customers.connection = contracted.connection
        and customers.id = contracted.customer_id

),

dated as (

    select
        joined.*,
        case
            when is_gone then cast(created_at as {{ type_text() }})
            else coalesce(version_at, synced_at)
        end as changed_at,
        case when is_gone then 'true' else 'false' end as is_out
    from joined

),

final as (

    select
        {{ stream_row('accounts', {
            'source': 'connection',
            'source_id': 'id',
            'name': 'billing_name',
            'domain': 'email',
            'country': 'address_country',
            'region': 'address_state',
            'city': 'address_city',
            'address': 'address_line_1',
            'postal_code': 'address_postal_code',
            'phone': 'phone',
            'account_type': "'customer'",
            'created_at': 'created_at',
            'updated_at': 'changed_at',
            'is_deleted': 'is_out',
        }) }}
    from dated

)

select * from final
