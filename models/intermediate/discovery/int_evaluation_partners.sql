-- Question: which partners were at an evaluation before its landmark?
-- Grain: evaluation and partner. A touch on the landmark's day comes too late; the own
-- team is no partner.
with

evaluations as (

    select
        search_key,
        account_key,
        landmark_date,
        {{ add_days('need_date', '-1 * ' ~ rule('deal_lookback_days')) }}
            as exposed_from_date
    from {{ ref('int_evaluations') }}

),

touches as (

    select account_key, partner_key, cast(occurred_at as date) as touched_date
    from {{ ref('int_touches') }}
    where partner_key <> 'own_team'

),

final as (

    select distinct evaluations.search_key, touches.partner_key
    from evaluations
    inner join touches
        on evaluations.account_key = touches.account_key
        and evaluations.exposed_from_date <= touches.touched_date
        and evaluations.landmark_date > touches.touched_date

)

select * from final
