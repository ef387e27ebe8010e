-- Question: which partner, or the company's own team, did what at which account?
-- Grain: version of an engagement, and partner present. Without a partner it is the own
-- team's. Its account is the company it is about, else the deal's, else the contact's.
with

engagements as (

    select * from {{ ref('stg_hubspot__engagements') }}

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

partners_present as (

    select
        connection,
        engagement_id,
        company_id as partner_id,
        contact_id,
        count(*) over (partition by connection, engagement_id) as n_partners
    from present
    where is_partner

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

placed as (

    select
        engagements.*,
        deals.deal_id,
        coalesce(
            customers_present.stated_id,
            deals.account_id,
            customers_present.account_id,
            customers_present.any_id
        ) as at_account_id
    from engagements
    left join customers_present
        on engagements.connection = customers_present.connection
        and engagements.engagement_id = customers_present.engagement_id
    left join deals
        on engagements.connection = deals.connection
        and engagements.engagement_id = deals.engagement_id

),

joined as (

    select
        placed.*,
        partners_present.partner_id,
        partners_present.contact_id as partner_contact_id,
        customers.contact_id as account_contact_id,
        case
            when partners_present.n_partners > 1
                then placed.engagement_id || '@' || partners_present.partner_id
            else placed.engagement_id
        end as touch_id
    from placed
    left join partners_present
        on placed.connection = partners_present.connection
        and placed.engagement_id = partners_present.engagement_id
    left join present as customers
        on placed.connection = customers.connection
        and placed.engagement_id = customers.engagement_id
        and placed.at_account_id = customers.company_id
        and not customers.is_partner

),

final as (

    select
        {{ stream_row('touches', {
            'source': 'connection',
            'source_id': 'touch_id',
            'actor': "case when partner_id is null then 'own_team' else 'partner' end",
            'partner_id': 'partner_id',
            'account_id': 'at_account_id',
            'touch_type': "coalesce("
                ~ translated('hubspot', 'touches.touch_type', 'touch_type') ~ ", "
                ~ translated('hubspot', 'touches.touch_type', 'activity_type', 'null')
                ~ ", " ~ translated('hubspot', 'touches.touch_type', 'title', 'null')
                ~ ", "
                ~ translated('hubspot', 'touches.touch_type', 'engagement_type', 'null')
                ~ ", activity_type, 'other')",
            'occurred_at': 'occurred_at',
            'opportunity_id': 'deal_id',
            'partner_person_id': 'partner_contact_id',
            'account_person_id': 'account_contact_id',
            'duration_minutes': 'cast(coalesce('
                ~ read_number('milliseconds') ~ ' / 60000, '
                ~ '(' ~ seconds_since_epoch(read_timestamp('ended_at')) ~ ' - '
                ~ seconds_since_epoch(read_timestamp('occurred_at')) ~ ') / 60) as '
                ~ type_text() ~ ')',
            'quality': 'touch_quality',
            'evidence': "'system'",
            'sharing_scope': 'sharing_scope',
            'retain_until': 'retain_until',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from joined

)

select * from final
