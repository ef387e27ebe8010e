-- Question: what does Stripe say of each subscription as of now? Grain: subscription,
-- newest version. When a cancellation was asked for ends nothing; when it ended does.
with

subscriptions as (

    select
        subscriptions.*,
        {{ version_order(['id']) }} as version_rank
    from {{ ref('base_stripe__subscription') }} as subscriptions

),

final as (

    select
        connection,
        id as subscription_id,
        customer_id,
        {{ translated('stripe', 'subscriptions.status', 'status', "'active'") }}
            as own_status,
        {{ translated(
            'stripe', 'subscriptions.status',
            'coalesce(pause_collection_behavior, status)', "'active'"
        ) }} as status,
        current_period_start,
        current_period_end,
        {{ read_moment('trial_start') }} as trial_start,
        {{ read_moment('trial_end') }} as trial_end,
        {{ read_moment('cancel_at') }} as cancel_at,
        {{ read_moment('ended_at') }} as ended_at,
        coalesce({{ read_boolean('runs_on') }}, false) as runs_on,
        coalesce(
            lower(livemode) = 'false'
            or lower(is_removed) = 'true'
            or {{ translated(
                'stripe', 'subscriptions.is_deleted', 'status', "'false'"
            ) }} = 'true',
            false
        ) as is_no_contract
    from subscriptions
    where version_rank = 1

)

select * from final
