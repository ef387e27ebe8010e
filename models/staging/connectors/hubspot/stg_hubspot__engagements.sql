-- Question: what was done? Grain: version of an engagement that took place: calls held,
-- e-mails sent, meetings not called off, tasks completed, and notes. What was only
-- planned when the row was last read is left out.
{%- set types = {
    'call': {'title': 'property_hs_call_title', 'activity': 'property_hs_activity_type',
        'at': 'coalesce(property_hs_timestamp, property_hs_createdate)',
        'milliseconds': 'property_hs_call_duration',
        'done': "coalesce(lower(property_hs_call_status), 'completed') = 'completed'"},
    'email': {'title': 'property_hs_email_subject',
        'at': 'coalesce(property_hs_timestamp, property_hs_createdate)',
        'done': "coalesce(lower(property_hs_email_status), 'sent') = 'sent'"},
    'meeting': {'title': 'property_hs_meeting_title',
        'activity': 'property_hs_activity_type',
        'at': 'coalesce(property_hs_meeting_start_time, property_hs_timestamp)',
        'end': 'property_hs_meeting_end_time',
        'done': "coalesce(lower(property_hs_meeting_outcome), 'completed') in "
            ~ "('completed', 'scheduled')"},
    'note': {'at': 'coalesce(property_hs_timestamp, property_hs_createdate)',
        'done': '1 = 1'},
    'task': {'title': 'property_hs_task_subject',
        'at': 'coalesce(property_hs_task_completion_date, property_hs_timestamp)',
        'done': "lower(property_hs_task_status) = 'completed' "
            ~ "or property_hs_task_completion_date is not null"},
} %}
with

work as (

    {% for type, how in types.items() -%}
    select
        connection,
        engagement_id,
        '{{ type }}' as engagement_type,
        cast({{ how.get('title', 'null') }} as {{ type_text() }}) as title,
        cast({{ how.get('activity', 'null') }} as {{ type_text() }}) as activity_type,
        touch_type,
        {{ how.at }} as stated_at,
        cast({{ how.get('end', 'null') }} as {{ type_text() }}) as ended_at,
        cast({{ how.get('milliseconds', 'null') }} as {{ type_text() }})
            as milliseconds,
        touch_quality,
        partner_company,
        sharing_scope,
        retain_until,
        coalesce(version_at, property_hs_lastmodifieddate, synced_at) as changed_at,
        coalesce(is_removed, is_deleted) as is_gone,
        synced_at,
        row_file,
        row_number
    from {{ ref('base_hubspot__engagement_' ~ type) }}
    where {{ how.done }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

engagements as (

    select
        connection,
        id,
        max(occurred_at) as occurred_at,
        max(case when lower(active) = 'false' then 'true' end) as is_inactive
    from {{ ref('base_hubspot__engagement') }}
    group by connection, id

),

dated as (

    select
        work.connection,
        work.engagement_id,
        work.engagement_type,
        work.title,
        work.activity_type,
        work.touch_type,
        coalesce(work.stated_at, engagements.occurred_at) as occurred_at,
        work.ended_at,
        work.milliseconds,
        work.touch_quality,
        work.partner_company,
        work.sharing_scope,
        work.retain_until,
        work.changed_at,
        coalesce(engagements.is_inactive, work.is_gone) as is_gone,
        work.synced_at,
        work.row_file,
        work.row_number
    from work
    left join engagements
        on work.connection = engagements.connection
        and work.engagement_id = engagements.id

),

final as (

    select *
    from dated
    where synced_at is null
        or occurred_at is null
        or {{ read_timestamp('occurred_at') }} <= {{ read_timestamp('synced_at') }}

)

select * from final
