-- Question: what had a partner done at an account by each day it was there?
-- Grain: partner, account and day with a touch. Only what was known that day, so that
-- the level it earns never changes; silence is taken off later.
with

dated as (

    select * from {{ ref('int_touch_days_dated') }}

),

touch_days as (

    select * from {{ ref('int_touch_days') }}

),

integrations as (

    select account_key, solution_id, activated_date, deactivated_date
    from {{ ref('int_integrations') }}

),

own_work as (

    select
        dated.partner_key,
        dated.account_key,
        dated.touch_date,
        sum(case
            when earlier.touch_date >= dated.delivery_from_date
                and (
                    dated.delivery_until_date is null
                    or earlier.touch_date <= dated.delivery_until_date
                )
                then earlier.n_delivery
            else 0
        end) as n_delivery,
        count(distinct case
            when earlier.touch_date > dated.success_after_date
                then {{ quarter_of('dated.go_live_date', 'earlier.touch_date') }}
        end) as n_quarters,
        max(case
            when earlier.touch_date > dated.success_after_date
                and earlier.touch_date >= {{ add_days(
                    'dated.touch_date', '-1 * ' ~ depth_gate('success_work_days')
                ) }}
                then earlier.is_success_work
            else 0
        end) as has_success_work,
        max(case
            when earlier.touch_date >= {{ add_days(
                'dated.touch_date', '-1 * ' ~ depth_gate('c_level_days')
            ) }}
                then earlier.is_with_executive
            else 0
        end) as has_executive
    from dated
    inner join touch_days as earlier
        on dated.partner_key = earlier.partner_key
        and dated.account_key = earlier.account_key
        and dated.touch_date >= earlier.touch_date
    group by dated.partner_key, dated.account_key, dated.touch_date

),

around as (

    select
        account_key,
        partner_key as other_key,
        touch_date as from_date,
        touch_date as until_date
    from touch_days
    union all
    select
        account_key,
        solution_id,
        activated_date,
        coalesce(deactivated_date, cast('9999-12-31' as date))
    from integrations

),

others as (

    select
        dated.partner_key,
        dated.account_key,
        dated.touch_date,
        count(distinct around.other_key) as n_others
    from dated
    inner join around
        on dated.account_key = around.account_key
        and dated.partner_key <> around.other_key
        and dated.touch_date >= around.from_date
        and around.until_date >= {{ add_days(
            'dated.touch_date', '-1 * ' ~ depth_gate('others_days')
        ) }}
    group by dated.partner_key, dated.account_key, dated.touch_date

),

final as (

    select
        own_work.*,
        coalesce(others.n_others, 0) as n_others
    from own_work
    left join others
        on own_work.partner_key = others.partner_key
        and own_work.account_key = others.account_key
        and own_work.touch_date = others.touch_date

)

select * from final
