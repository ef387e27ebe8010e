-- Question: since when was each deal sourced by a partner, and since when sold together
-- with one? Grain: deal that is no renewal. Together: a stated role of selling, or work
-- of selling there from shortly before the deal until it closed.
with

deals as (

    select
        deal_key,
        account_key,
        kind,
        coalesce(amount, 0) as amount,
        status,
        sourced_by_partner_key,
        sourced_known_date,
        cast(created_at as date) as created_date,
        cast(closed_at as date) as closed_date,
        {{ add_days('created_at', '-1 * ' ~ rule('deal_lookback_days')) }}
            as worked_from_date,
        {{ add_days('created_at', rule('deal_landmark_days')) }} as landmark_date
    from {{ ref('int_deals') }}
    where kind <> 'renewal'

),

touches as (

    select
        touches.account_key,
        cast(touches.occurred_at as date) as touched_date
    from {{ ref('int_touches') }} as touches
    inner join {{ ref('touch_types') }} as touch_types
        on touches.touch_type = touch_types.touch_type
    where touches.actor = 'partner' and touch_types.is_acquisition_type

),

together as (

    select
        deals.deal_key,
        case
            when roles.declared_at > deals.created_date
                then cast(roles.declared_at as date)
            else deals.created_date
        end as known_date
    from deals
    inner join {{ ref('int_deal_roles') }} as roles on deals.deal_key = roles.deal_key
    where roles.role in ('cosell', 'resale')
    union all
    select
        deals.deal_key,
        case
            when touches.touched_date > deals.created_date then touches.touched_date
            else deals.created_date
        end as known_date
    from deals
    inner join touches
        on deals.account_key = touches.account_key
        and deals.worked_from_date <= touches.touched_date
        and touches.touched_date
        <= coalesce(deals.closed_date, cast('9999-12-31' as date))

),

first_together as (

    select deal_key, min(known_date) as cosold_date
    from together
    group by deal_key

),

final as (

    select
        deals.deal_key,
        deals.account_key,
        accounts.segment,
        deals.kind,
        deals.amount,
        deals.status,
        deals.created_date,
        deals.landmark_date,
        deals.closed_date,
        case
            when deals.sourced_by_partner_key is not null then deals.sourced_known_date
        end as sourced_date,
        first_together.cosold_date
    from deals
    inner join {{ ref('int_accounts') }} as accounts
        on deals.account_key = accounts.account_key
    left join first_together on deals.deal_key = first_together.deal_key

)

select * from final
