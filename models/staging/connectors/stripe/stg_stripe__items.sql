-- Question: what does Stripe say of each subscription item as of now, and of the
-- subscription it is part of? Grain: subscription item, newest version.
with

items as (

    select
        items.*,
        {{ version_order(['id']) }} as version_rank
    from {{ ref('base_stripe__subscription_item') }} as items

),

final as (

    select
        items.connection,
        items.id as item_id,
        items.subscription_id,
        coalesce(items.price_id, items.plan_id) as price_id,
        items.quantity,
        {{ read_moment('items.created') }} as added_at,
        {{ read_moment(
            'coalesce(items.current_period_start, subscriptions.current_period_start)'
        ) }} as current_start_at,
        {{ read_moment(
            'coalesce(items.current_period_end, subscriptions.current_period_end)'
        ) }} as current_end_at,
        coalesce(
            lower(items.is_removed) = 'true' or lower(items.is_deleted) = 'true', false
        ) as is_removed,
        coalesce(items.version_at, items.synced_at) as changed_at,
        {{ read_moment('items.synced_at') }} as seen_at,
        items.row_file,
        items.row_number
    from items
    left join {{ ref('stg_stripe__agreements') }} as subscriptions
        on items.connection = subscriptions.connection
        and items.subscription_id = subscriptions.subscription_id
    where items.version_rank = 1

)

select * from final
