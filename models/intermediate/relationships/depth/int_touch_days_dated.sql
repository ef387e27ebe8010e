-- Question: where in the customer's life was each day of work, as known that day?
-- Grain: partner, account and day with a touch.
with

touch_days as (

    select partner_key, account_key, touch_date
    from {{ ref('int_touch_days') }}

),

{%- for milestone in ['selected', 'go_live'] %}

{{ milestone }} as (

    select
        account_key,
        known_from_date,
        known_until_date,
        cast(occurred_at as date) as {{ milestone }}_date
    from {{ ref('int_milestones_known') }}
    where milestone = '{{ milestone }}'

),
{%- endfor %}

final as (

    select
        touch_days.partner_key,
        touch_days.account_key,
        touch_days.touch_date,
        lead(touch_days.touch_date) over (
            partition by touch_days.partner_key, touch_days.account_key
            order by touch_days.touch_date
        ) as next_touch_date,
        {{ add_days(
            'selected.selected_date', '-1 * ' ~ depth_gate('delivery_before_days')
        ) }} as delivery_from_date,
        {{ add_days('go_live.go_live_date', depth_gate('delivery_after_days')) }}
            as delivery_until_date,
        {{ add_days('go_live.go_live_date', depth_gate('after_live_days')) }}
            as success_after_date,
        go_live.go_live_date
    from touch_days
    {%- for milestone in ['selected', 'go_live'] %}
    left join {{ milestone }}
        on touch_days.account_key = {{ milestone }}.account_key
        and {{ in_force(
            'touch_days.touch_date',
            milestone ~ '.known_from_date', milestone ~ '.known_until_date'
        ) }}
    {%- endfor %}

)

select * from final
