-- Question: which workspace does each event belong to, and does it set something up?
-- Grain: row of tracks; a call that was sent twice has two rows and one event_id.
-- The workspace is the one the call names, else the one the user had joined by then.
with

-- a device that one user only was identified on is that user
devices as (

    select
        connection,
        anonymous_id,
        max(user_id) as user_id
    from {{ ref('base_segment__identifies') }}
    where anonymous_id is not null and user_id is not null
    group by connection, anonymous_id
    having count(distinct user_id) = 1

),

tracks as (

    select
        *,
        case when user_id is null then anonymous_id end as unknown_device
    from {{ ref('base_segment__tracks') }}

),

-- engines join fast on plain columns only, so what is looked up is computed first
tracked as (

    select
        tracks.*,
        coalesce(tracks.user_id, devices.user_id) as known_user_id,
        case
            when tracks.context_group_id is null
                then coalesce(tracks.user_id, devices.user_id)
        end as seeking_user_id,
        case
            when tracks.context_group_id is null
                then {{ read_timestamp('tracks.timestamp') }}
        end as sought_at,
        case
            when substr(tracks.timestamp, 17) like '%+%'
                or substr(tracks.timestamp, 17) like '%-%'
                then
                    cast(
                        {{ read_date('tracks.timestamp') }} as {{ type_text() }}
                    )
            else substr(tracks.timestamp, 1, 10)
        end as utc_day,
        lower(trim(coalesce(tracks.event, tracks.event_text))) as event_word
    from tracks
    left join devices
        on tracks.connection = devices.connection
        and tracks.unknown_device = devices.anonymous_id

),

memberships as (

    select
        connection,
        user_id,
        group_id,
        member_from,
        coalesce(member_until, cast('9999-12-31' as {{ dbt.type_timestamp() }}))
            as member_until
    from {{ ref('stg_segment__memberships') }}

),

setup_words as (

    select source_value, value as setup_event
    from {{ ref('source_values') }}
    where connector = 'segment' and stream_column = 'setup_events.event'

),

final as (

    select
        tracked.connection,
        coalesce(tracked.message_id, tracked.id) as event_id,
        coalesce(tracked.context_group_id, memberships.group_id) as group_id,
        coalesce(tracked.known_user_id, tracked.anonymous_id) as person_id,
        coalesce(tracked.event, tracked.event_text) as event,
        setup_words.setup_event,
        tracked.product,
        tracked.solution,
        tracked.timestamp as happened_at,
        tracked.utc_day,
        coalesce(tracked.version_at, tracked.received_at, tracked.synced_at)
            as known_at,
        lower(coalesce(tracked.is_removed, 'false')) in ('true', 't', '1') as is_gone,
        tracked.row_file,
        tracked.row_number
    from tracked
    left join memberships
        on tracked.connection = memberships.connection
        and tracked.seeking_user_id = memberships.user_id
        and tracked.sought_at >= memberships.member_from
        and tracked.sought_at < memberships.member_until
    left join setup_words on tracked.event_word = setup_words.source_value

)

select * from final
