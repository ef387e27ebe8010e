-- Question: where in the customer's life was each day of work, as known that day?
-- Grain: partner, account and day with a touch.
with

touch_days as (

    select partner_key, account_key, touch_date
    from {{ ref('int_touch_days') }}

),

milestones as (

    select
        account_key,
        milestone,
        known_from_date,
        known_until_date,
        cast(occurred_at as date) as occurred_date
    from {{ ref('int_milestones_known') }}

),

dated as (

    select
        touch_days.partner_key,
        touch_days.account_key,
        touch_days.touch_date,
        lead(touch_days.touch_date) over (
            partition by touch_days.partner_key, touch_days.account_key
            order by touch_days.touch_date
        ) as next_touch_date,
        selected.occurred_date as selected_date,
        live.occurred_date as go_live_date
    from touch_days
    left join milestones as selected
        on touch_days.account_key = selected.account_key
        and selected.milestone = 'selected'
        and {{ in_force(
            'touch_days.touch_date',
            'selected.known_from_date', 'selected.known_until_date'
        ) }}
    left join milestones as live
        on touch_days.account_key = live.account_key
        and live.milestone = 'go_live'
        and {{ in_force(
            'touch_days.touch_date', 'live.known_from_date', 'live.known_until_date'
        ) }}

),

final as (

    select
        partner_key,
        account_key,
        touch_date,
        next_touch_date,
        {{ add_days('selected_date', '-1 * ' ~ depth_gate('delivery_before_days')) }}
            as delivery_from_date,
        {{ add_days('go_live_date', depth_gate('delivery_after_days')) }}
            as delivery_until_date,
        {{ add_days('go_live_date', depth_gate('after_live_days')) }}
            as success_after_date,
        go_live_date
    from dated

)

select * from final
