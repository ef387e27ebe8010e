-- Question: which partner, or the company's own team, did what at which account?
-- Grain: version of an activity, and partner present. An activity without a partner is
-- the own team's. Its account is the one Salesforce gives, else the deal's, else the
-- one whose people were there.
with

activities as (

    select * from {{ ref('stg_salesforce__activities') }}

),

partners as (

    select distinct source, source_id from {{ ref('stg_salesforce__partners') }}

),

present as (

    select
        activity_accounts.*,
        partners.source_id is not null as is_partner
    from {{ ref('stg_salesforce__activity_accounts') }} as activity_accounts
    left join partners
        on activity_accounts.connection = partners.source
        and activity_accounts.account_id = partners.source_id

),

partners_present as (

    select
        connection,
        activity_id,
        account_id as partner_id,
        contact_id,
        count(*) over (partition by connection, activity_id) as n_partners
    from present
    where is_partner

),

customers_present as (

    select
        connection,
        activity_id,
        min(account_id) as account_id
    from present
    where not is_partner
    group by connection, activity_id

),

opportunities as (

    select
        connection,
        id,
        max(account_id) as account_id
    from {{ ref('base_salesforce__opportunity') }}
    group by connection, id

),

known_accounts as (

    select distinct connection, id from {{ ref('base_salesforce__account') }}

),

placed as (

    select
        activities.*,
        opportunities.id as opportunity_id,
        coalesce(
            case when at_partner.source_id is null then activities.account_id end,
            opportunities.account_id,
            about.id,
            customers_present.account_id,
            activities.account_id
        ) as at_account_id
    from activities
    left join partners as at_partner
        on activities.connection = at_partner.source
        and activities.account_id = at_partner.source_id
    left join opportunities
        on activities.connection = opportunities.connection
        and activities.what_id = opportunities.id
    left join known_accounts as about
        on activities.connection = about.connection
        and activities.what_id = about.id
    left join customers_present
        on activities.connection = customers_present.connection
        and activities.id = customers_present.activity_id

),

joined as (

    select
        placed.*,
        partners_present.partner_id,
        partners_present.contact_id as partner_contact_id,
        customers.contact_id as account_contact_id,
        case
            when partners_present.n_partners > 1
                then placed.id || '@' || partners_present.partner_id
            else placed.id
        end as touch_id
    from placed
    left join partners_present
        on placed.connection = partners_present.connection
        and placed.id = partners_present.activity_id
    left join present as customers
        on placed.connection = customers.connection
        and placed.id = customers.activity_id
        and placed.at_account_id = customers.account_id

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
                ~ translated('salesforce', 'touches.touch_type', 'activity_type')
                ~ ", 'other')",
            'occurred_at': 'occurred_at',
            'opportunity_id': 'opportunity_id',
            'partner_person_id': 'partner_contact_id',
            'account_person_id': 'account_contact_id',
            'duration_minutes': 'coalesce(minutes, cast('
                ~ read_number('seconds') ~ ' / 60 as ' ~ type_text() ~ '))',
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
