-- Question: what does the pipeline scorecard say of each partner? Grain: partner, as of
-- as_of_date. Deals created in the trial window: sourced names the partner or gives it
-- a sourcing role; influenced has another role or a touch of it before the deal closed.
with

month_end as (

    select as_of_date, window_from_date from {{ ref('int_month_ends') }}
    where is_latest

),

deals as (

    select deals.*
    from {{ ref('int_deals') }} as deals
    inner join month_end
        on cast(deals.created_at as date) > month_end.window_from_date
        and cast(deals.created_at as date) <= month_end.as_of_date

),

roles as (

    select distinct deal_key, partner_key, role from {{ ref('int_deal_roles') }}

),

touches as (

    select account_key, partner_key, occurred_at from {{ ref('int_touches') }}
    where partner_key <> 'own_team'

),

involved as (

    select deal_key, sourced_by_partner_key as partner_key, 1 as is_sourced
    from deals
    where sourced_by_partner_key is not null
    union all
    select
        deals.deal_key,
        roles.partner_key,
        case when roles.role = 'sourcing' then 1 else 0 end as is_sourced
    from deals
    inner join roles on deals.deal_key = roles.deal_key
    union all
    select deals.deal_key, touches.partner_key, 0 as is_sourced
    from deals
    inner join touches
        on deals.account_key = touches.account_key
        and (deals.closed_at is null or deals.closed_at > touches.occurred_at)
        and touches.occurred_at >= {{ dbt.dateadd(
            'day',
            'cast(-1 * ' ~ rule('deal_lookback_days') ~ ' as integer)',
            'deals.created_at'
        ) }}

),

by_deal as (

    select deal_key, partner_key, max(is_sourced) as is_sourced
    from involved
    group by deal_key, partner_key

),

final as (

    select
        by_deal.partner_key,
        sum(case when by_deal.is_sourced = 1 then coalesce(deals.amount, 0) else 0 end)
            as sourced_pipeline,
        sum(case when by_deal.is_sourced = 0 then coalesce(deals.amount, 0) else 0 end)
            as influenced_pipeline,
        sum(case when by_deal.is_sourced = 1 and deals.status = 'won' then 1 else 0 end)
            as won_deals,
        cast(
            sum(case when deals.status = 'won' then 1 else 0 end) as {{ type_double() }}
        )
        / nullif(sum(case when deals.status in ('won', 'lost') then 1 else 0 end), 0)
            as win_rate
    from by_deal
    inner join deals on by_deal.deal_key = deals.deal_key
    group by by_deal.partner_key

)

select * from final
