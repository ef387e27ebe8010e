-- Question: at which customer was an engagement, and on which deal? Grain: engagement.
-- The company it is about that is no partner, else the deal's, else the contact's.
with

engagements as (

    select distinct connection, engagement_id from {{ ref('stg_hubspot__engagements') }}

),

partners as (

    select distinct source, source_id from {{ ref('stg_hubspot__partners') }}

),

present as (

    select
        engagement_companies.*,
        partners.source_id is not null as is_partner
    from {{ ref('stg_hubspot__engagement_companies') }} as engagement_companies
    left join partners
        on engagement_companies.connection = partners.source
        and engagement_companies.company_id = partners.source_id

),

customers_present as (

    select
        connection,
        engagement_id,
        min(case when not is_partner and is_stated then company_id end) as stated_id,
        min(case when not is_partner then company_id end) as account_id,
        min(company_id) as any_id
    from present
    group by connection, engagement_id

),

deals as (

    select
        engagement_deal.connection,
        engagement_deal.engagement_id,
        min(deals.current_id) as deal_id,
        min(deals.account_id) as account_id
    from {{ ref('base_hubspot__engagement_deal') }} as engagement_deal
    inner join {{ ref('stg_hubspot__deals') }} as deals
        on engagement_deal.connection = deals.connection
        and engagement_deal.deal_id = deals.deal_id
    where coalesce(lower(engagement_deal.is_removed), 'false') <> 'true'
    group by engagement_deal.connection, engagement_deal.engagement_id

),

final as (

    select
        engagements.connection,
        engagements.engagement_id,
        deals.deal_id,
        coalesce(
            customers_present.stated_id,
            deals.account_id,
            customers_present.account_id,
            customers_present.any_id
        ) as account_id
    from engagements
    left join customers_present
        on engagements.connection = customers_present.connection
        and engagements.engagement_id = customers_present.engagement_id
    left join deals
        on engagements.connection = deals.connection
        and engagements.engagement_id = deals.engagement_id

)

select * from final
