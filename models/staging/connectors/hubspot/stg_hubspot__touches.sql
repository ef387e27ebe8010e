-- Question: which partner, or the company's own team, did what at which account?
-- Grain: version of an engagement, and partner present. Without a partner it is the own
-- team's.
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

titled as (

    {{ touch_types_of_titles('engagements', 'title') }}

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

places as (

    select * from {{ ref('stg_hubspot__engagement_places') }}

),

joined as (

    select
        engagements.*,
        places.deal_id,
        titled.touch_type as titled_type,
        places.account_id as at_account_id,
        partners_present.partner_id,
        partners_present.contact_id as partner_contact_id,
        customers.contact_id as account_contact_id,
        case
            when partners_present.n_partners > 1
                then engagements.engagement_id || '@' || partners_present.partner_id
            else engagements.engagement_id
        end as touch_id
    from engagements
    left join titled on engagements.title = titled.title
    left join places
        on engagements.connection = places.connection
        and engagements.engagement_id = places.engagement_id
    left join partners_present
        on engagements.connection = partners_present.connection
        and engagements.engagement_id = partners_present.engagement_id
    left join present as customers
        on places.connection = customers.connection
        and places.engagement_id = customers.engagement_id
        and places.account_id = customers.company_id
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
                ~ ', titled_type, '
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
