-- Question: what was done, and about whom? Grain: version of a completed task or of a
-- meeting. The copies of a meeting in its invitees' calendars are left out, and so is
-- what was only planned when the row was last read.
with

tasks as (

    select
        connection,
        id,
        account_id,
        who_id,
        what_id,
        owner_id,
        subject,
        coalesce(touch_type, type) as activity_type,
        coalesce(completed_date_time, activity_date, created_date) as occurred_at,
        call_duration_in_seconds as seconds,
        cast(null as {{ type_text() }}) as minutes,
        touch_quality,
        partner_account,
        sharing_scope,
        retain_until,
        coalesce(version_at, system_modstamp, synced_at) as changed_at,
        coalesce(is_removed, is_deleted) as is_gone,
        synced_at,
        row_file,
        row_number
    from {{ ref('base_salesforce__task') }}
    where lower(status) = 'completed' or completed_date_time is not null

),

events as (

    select
        connection,
        id,
        account_id,
        who_id,
        what_id,
        owner_id,
        subject,
        coalesce(touch_type, type) as activity_type,
        start_date_time as occurred_at,
        cast(null as {{ type_text() }}) as seconds,
        duration_in_minutes as minutes,
        touch_quality,
        partner_account,
        sharing_scope,
        retain_until,
        coalesce(version_at, system_modstamp, synced_at) as changed_at,
        coalesce(is_removed, is_deleted) as is_gone,
        synced_at,
        row_file,
        row_number
    from {{ ref('base_salesforce__event') }}
    where coalesce(lower(is_child), 'false') <> 'true'

),

activities as (

    select * from tasks
    union all
    select * from events

),

final as (

    select *
    from activities
    where synced_at is null
        or occurred_at is null
        or {{ read_timestamp('occurred_at') }} <= {{ read_timestamp('synced_at') }}

)

select * from final
