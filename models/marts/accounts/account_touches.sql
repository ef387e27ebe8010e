-- Question: who did what at which account, in which stage of its life? Grain: touch
-- that may be shown. Restricted touches count in every measure and are not listed.
with

final as (

    select
        touch_key,
        account_key,
        partner_key,
        actor,
        person_key,
        touch_type,
        occurred_at,
        stage,
        evidence
    from {{ ref('int_touches_staged') }}
    where not is_restricted

)

select * from final
