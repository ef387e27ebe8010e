-- Question: which meetings were there, each once? Grain: meeting.
-- The newest version counts; copies in other calendars are one meeting, off only when
-- every calendar has it cancelled. What was still to come when last read is not in.
with

known as (

    select
        *,
        max(i_cal_uid) over (partition by connection, id) as known_uid,
        max(recurring_event_id) over (partition by connection, id) as series_id,
        coalesce(version_at, updated, synced_at) as changed_at,
        case
            when lower(status) = 'cancelled' or lower(is_removed) in ('true', 't', '1')
                then 1
            else 0
        end as is_cancelled,
        -- a cancelled meeting may come as a bare id
        case when coalesce(start_date_time, start_date) is null then 1 else 0 end
            as is_bare
    from {{ ref('base_google_calendar__events') }}

),

versions as (

    select
        *,
        -- occurrences of a series share its uid and are meetings of their own
        case when series_id is null then coalesce(known_uid, id) else id end as meeting,
        row_number() over (
            partition by connection, id
            order by changed_at desc, is_cancelled desc, row_number desc
        ) as version_order
    from known

),

ranked as (

    select
        *,
        row_number() over (
            partition by meeting
            order by
                is_bare asc, changed_at desc, connection asc, id asc, row_number desc
        ) as telling_order
    from versions

),

meetings as (

    select
        meeting,
        min(connection) as connection,
        min(id) as event_id,
        min(case when version_order = 1 then is_cancelled end) as is_cancelled,
        max(changed_at) as changed_at
    from ranked
    group by meeting

),

final as (

    select
        meetings.connection,
        meetings.event_id,
        ranked.summary as title,
        coalesce(ranked.start_date_time, ranked.start_date) as started_at,
        ranked.start_date_time,
        ranked.end_date_time,
        ranked.organizer_email,
        ranked.attendees,
        case when meetings.is_cancelled = 1 then 'true' else 'false' end
            as is_cancelled,
        meetings.changed_at,
        ranked.row_file,
        ranked.row_number
    from meetings
    inner join ranked
        on meetings.meeting = ranked.meeting
        and ranked.telling_order = 1
    where
        ranked.synced_at is null
        or {{ read_timestamp('coalesce(ranked.start_date_time, ranked.start_date)') }}
        <= {{ read_timestamp('ranked.synced_at') }}

)

select * from final
