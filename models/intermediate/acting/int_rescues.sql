-- Question: who stepped in at a customer in risk that was then kept? Grain: episode and
-- partner (or own_team). A touch of an intervening type while in risk, after which the
-- risk cleared within rule rescue_clear_days, and the next term renewed.
with

episodes as (

    select * from {{ ref('int_risk_episodes') }}
    where is_renewed and cleared_date is not null

),

touches as (

    select
        touches.touch_key,
        touches.account_key,
        touches.partner_key,
        cast(touches.occurred_at as date) as touch_date,
        touches.is_restricted
    from {{ ref('int_touches') }} as touches
    inner join {{ ref('intervening_touch_types') }} as intervening
        on touches.touch_type = intervening.touch_type
    where touches.partner_key is not null

),

final as (

    select
        episodes.episode_key,
        episodes.account_key,
        touches.partner_key,
        min(touches.touch_date) as first_touch_date,
        max(touches.touch_date) as last_touch_date,
        count(*) as n_touches,
        min(case when touches.is_restricted then 1 else 0 end) = 1 as is_restricted,
        max(episodes.cleared_date) as cleared_date,
        max(episodes.resolved_date) as resolved_date
    from episodes
    inner join touches
        on episodes.account_key = touches.account_key
        and episodes.risk_from_date <= touches.touch_date
        and episodes.cleared_date > touches.touch_date
        and episodes.cleared_date
        <= {{ add_days('touches.touch_date', rule('rescue_clear_days')) }}
    group by episodes.episode_key, episodes.account_key, touches.partner_key

)

select * from final
