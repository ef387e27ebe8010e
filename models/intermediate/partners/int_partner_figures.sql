-- Question: what did each partner cost, and what are its customers worth?
-- Grain: partner with an account or a cost, as of as_of_date. Costs are those of the
-- trial window; a partner without any costs 0 where the costs of others are known.
with

month_end as (

    select as_of_date, window_from_date from {{ ref('int_month_ends') }}
    where is_latest

),

partner_accounts as (

    select partner_key, account_key from {{ ref('int_partner_accounts') }}
    where partner_key <> 'own_team'

),

members as (

    select source, source_id, organisation_key as partner_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'partners'

),

costs as (

    select members.partner_key, sum(partner_costs.amount) as cost
    from {{ ref('stg_partner_costs') }} as partner_costs
    inner join month_end
        on cast(partner_costs.incurred_at as date) > month_end.window_from_date
        and cast(partner_costs.incurred_at as date) <= month_end.as_of_date
    inner join members
        on partner_costs.partner_source = members.source
        and partner_costs.partner_id = members.source_id
    group by members.partner_key

),

all_costs as (

    select sum(cost) as cost from costs

),

kept as (

    select partner_key, outcomes, sum(outcomes) over () as all_outcomes
    from {{ ref('int_credit_methods') }}
    where
        stage = 'retention' and method = 'measured' and partner_key <> 'own_team'

),

valued as (

    select partner_accounts.partner_key, avg(lifetime.ltv_to_date) as ltv_per_customer
    from partner_accounts
    inner join {{ ref('int_account_lifetime_values') }} as lifetime
        on partner_accounts.account_key = lifetime.account_key
    group by partner_accounts.partner_key

),

keys as (

    select partner_key from partner_accounts
    union distinct
    select partner_key from costs

),

final as (

    select
        keys.partner_key,
        valued.ltv_per_customer,
        satisfaction.escalations_per_account,
        satisfaction.nps,
        case
            when all_costs.cost is not null then coalesce(costs.cost, 0)
        end as cost,
        100 * coalesce(costs.cost, 0) / nullif(all_costs.cost, 0) as cost_share_pct,
        100 * coalesce(kept.outcomes, 0)
        / nullif(max(kept.all_outcomes) over (), 0) as retention_share_pct
    from keys
    cross join all_costs
    left join costs on keys.partner_key = costs.partner_key
    left join kept on keys.partner_key = kept.partner_key
    left join valued on keys.partner_key = valued.partner_key
    left join {{ ref('int_partner_satisfaction') }} as satisfaction
        on keys.partner_key = satisfaction.partner_key

)

select * from final
