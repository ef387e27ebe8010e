-- Question: which workspace did a user belong to, from when until when?
-- Grain: user and moment of a group or identify call that named a workspace. A user
-- moves with the next call; of several calls at one moment the last id counts.
with

calls as (

    select connection, user_id, group_id, timestamp
    from {{ ref('base_segment__groups') }}
    union all
    select connection, user_id, context_group_id as group_id, timestamp
    from {{ ref('base_segment__identifies') }}

),

read as (

    select
        connection,
        user_id,
        group_id,
        {{ read_timestamp('timestamp') }} as member_from
    from calls
    where user_id is not null and group_id is not null

),

moments as (

    select
        connection,
        user_id,
        member_from,
        max(group_id) as group_id
    from read
    where member_from is not null
    group by connection, user_id, member_from

),

final as (

    select
        connection,
        user_id,
        group_id,
        member_from,
        lead(member_from) over (
            partition by connection, user_id order by member_from
        ) as member_until
    from moments

)

select * from final
