-- Question: which partner, or the company's own team, did what at which account?
-- Grain: version of an activity, and partner present; without one it is the own team's.
-- What it was: the recorded type where that is a touch type, else words of the subject.
with

activities as (

    select * from {{ ref('stg_salesforce__activities') }}

),

places as (

    select * from {{ ref('stg_salesforce__activity_places') }}

),

present as (

    select * from {{ ref('stg_salesforce__activity_accounts') }}

),

partners as (

    select distinct source, source_id from {{ ref('stg_salesforce__partners') }}

),

recorded as (

    select touch_type from {{ ref('touch_types') }}

),

titled as (

    {{ touch_types_of_titles('activities', 'subject') }}

),

partners_present as (

    select
        present.connection,
        present.activity_id,
        present.account_id as partner_id,
        present.contact_id,
        count(*) over (
            partition by present.connection, present.activity_id
        ) as n_partners
    from present
    inner join partners
        on present.connection = partners.source
        and present.account_id = partners.source_id

),

joined as (

    select
        activities.*,
        places.account_id as at_account_id,
        places.opportunity_id,
        recorded.touch_type as recorded_type,
        titled.touch_type as titled_type,
        partners_present.partner_id,
        partners_present.contact_id as partner_contact_id,
        at_customer.contact_id as account_contact_id,
        case
            when partners_present.n_partners > 1
                then activities.id || '@' || partners_present.partner_id
            else activities.id
        end as touch_id
    from activities
    left join places
        on activities.connection = places.connection
        and activities.id = places.activity_id
    left join recorded
        on replace(lower(activities.activity_type), ' ', '_') = recorded.touch_type
    left join titled on activities.subject = titled.title
    left join partners_present
        on activities.connection = partners_present.connection
        and activities.id = partners_present.activity_id
    left join present as at_customer
        on places.connection = at_customer.connection
        and places.activity_id = at_customer.activity_id
        and places.account_id = at_customer.account_id

),

final as (

    select
        {{ stream_row('touches', {
            'source': 'connection',
            'source_id': 'touch_id',
            'actor': "case when partner_id is null then 'own_team' else 'partner' end",
            'partner_id': 'partner_id',
            'account_id': 'at_account_id',
            'touch_type': 'coalesce(recorded_type, '
                ~ translated('salesforce', 'touches.touch_type', 'activity_type', 'null')
                ~ ", titled_type, activity_type, 'other')",
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
