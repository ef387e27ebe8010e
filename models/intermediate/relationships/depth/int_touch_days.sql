-- Question: on which days was a partner at an account, doing what kind of work?
-- Grain: partner, account and day with a touch. The own team is no partner.
with

touches as (

    select
        partner_key,
        account_key,
        touch_type,
        is_with_executive,
        cast(occurred_at as date) as touch_date
    from {{ ref('int_touches') }}
    where partner_key <> 'own_team'

),

touch_types as (

    select touch_type, is_delivery, is_success_work from {{ ref('touch_types') }}

),

final as (

    select
        touches.partner_key,
        touches.account_key,
        touches.touch_date,
        sum(case when touch_types.is_delivery then 1 else 0 end) as n_delivery,
        max(case when touch_types.is_success_work then 1 else 0 end) as is_success_work,
        max(case when touches.is_with_executive then 1 else 0 end) as is_with_executive
    from touches
    inner join touch_types on touches.touch_type = touch_types.touch_type
    group by touches.partner_key, touches.account_key, touches.touch_date

)

select * from final
