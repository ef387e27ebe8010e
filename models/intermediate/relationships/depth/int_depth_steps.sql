-- Question: which level of depth had a partner earned at an account, day by day?
-- Grain: partner, account and day with a touch; it stands until the next, less silence.
-- Before go-live a level above 2 cannot be earned; level 3 does not need level 2.
with

evidence as (

    select * from {{ ref('int_depth_evidence') }}

),

dated as (

    select partner_key, account_key, touch_date, next_touch_date
    from {{ ref('int_touch_days_dated') }}

),

judged as (

    select
        evidence.*,
        dated.next_touch_date,
        evidence.n_delivery >= {{ depth_gate('delivery_touches') }}
            as is_implementation,
        evidence.n_quarters >= {{ depth_gate('success_quarters') }}
        and evidence.has_success_work = 1
            as is_success,
        evidence.has_executive = 1 and evidence.n_others >= {{ depth_gate('others') }}
            as is_surrounded
    from evidence
    inner join dated
        on evidence.partner_key = dated.partner_key
        and evidence.account_key = dated.account_key
        and evidence.touch_date = dated.touch_date

),

final as (

    select
        partner_key,
        account_key,
        touch_date,
        next_touch_date,
        n_delivery,
        n_quarters,
        has_success_work,
        has_executive,
        n_others,
        cast(case
            when is_success and is_surrounded then {{ depth_level('strategic') }}
            when is_success then {{ depth_level('success') }}
            when is_implementation then {{ depth_level('implementation') }}
            else {{ depth_level('transactional') }}
        end as {{ dbt.type_int() }}) as level
    from judged

)

select * from final
