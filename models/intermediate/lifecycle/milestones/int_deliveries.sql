-- Question: when had the roll-out at an account ended? Grain: account with one.
-- At the last delivery touch before the first pause that is long enough: what comes
-- after it is another roll-out.
with

touches as (

    select touches.account_key, touches.occurred_at
    from {{ ref('int_touches') }} as touches
    inner join {{ ref('touch_types') }} as touch_types
        on touches.touch_type = touch_types.touch_type
    where touch_types.is_delivery

),

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

followed as (

    select
        account_key,
        occurred_at,
        {{ add_days('occurred_at', rule('delivery_pause_days')) }} as paused_date,
        cast(lead(occurred_at) over (
            partition by account_key order by occurred_at
        ) as date) as next_date
    from touches

),

final as (

    select followed.account_key, min(followed.occurred_at) as delivered_at
    from followed
    inner join as_of on followed.paused_date <= as_of.as_of_date
    where followed.next_date is null or followed.next_date > followed.paused_date
    group by followed.account_key

)

select * from final
