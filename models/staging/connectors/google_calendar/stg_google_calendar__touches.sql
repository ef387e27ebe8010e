-- Question: which partner, or the company's own team, met which customer?
-- Grain: meeting, customer present and partner present; without a partner the company's
-- own team met the customer. Without a customer a meeting is no touch.
with

meetings as (

    select * from {{ ref('stg_google_calendar__meetings') }}

),

present as (

    select
        event_id,
        side,
        source,
        source_id,
        count(*) over (partition by event_id, side) as n_present
    from {{ ref('stg_google_calendar__present') }}

),

title_types as (

    {{ touch_types_of_titles('meetings', 'title') }}

),

joined as (

    select
        meetings.*,
        customers.source as account_source,
        customers.source_id as account_id,
        partners.source as partner_source,
        partners.source_id as partner_id,
        meetings.event_id
        || case when partners.n_present > 1 then '@' || partners.source_id else '' end
        || case when customers.n_present > 1 then '@' || customers.source_id else '' end
            as touch_id,
        title_types.touch_type,
        {{ seconds_since_epoch(read_timestamp('meetings.end_date_time')) }}
        - {{ seconds_since_epoch(read_timestamp('meetings.start_date_time')) }}
            as seconds
    from meetings
    inner join present as customers
        on meetings.event_id = customers.event_id
        and customers.side = 'account'
    left join present as partners
        on meetings.event_id = partners.event_id
        and partners.side = 'partner'
    left join title_types on meetings.title = title_types.title

),

final as (

    select
        {{ stream_row('touches', {
            'source': 'connection',
            'source_id': 'touch_id',
            'actor': "case when partner_id is null then 'own_team' else 'partner' end",
            'partner_id': 'partner_id',
            'partner_source': 'partner_source',
            'account_id': 'account_id',
            'account_source': 'account_source',
            'touch_type': "coalesce(touch_type, 'other')",
            'occurred_at': 'started_at',
            'duration_minutes': 'case when seconds >= 0 then seconds / 60.0 end',
            'evidence': "'observed'",
            'updated_at': 'changed_at',
            'is_deleted': 'is_cancelled',
        }) }}
    from joined

)

select * from final
