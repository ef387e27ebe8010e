-- Question: who uses the product? Grain: user and workspace the user belonged to.
-- Only users with an e-mail address: without one a user says nothing of who it is.
with

identifies as (

    select
        *,
        row_number() over (
            partition by connection, user_id
            order by timestamp desc, received_at desc, id desc
        ) as call_order
    from {{ ref('base_segment__identifies') }}
    where nullif(trim(email), '') is not null and user_id is not null

),

memberships as (

    select
        connection,
        user_id,
        group_id,
        min(member_from) as member_from,
        max(case when member_until is null then 1 else 0 end) as is_current,
        max(member_until) as member_until
    from {{ ref('stg_segment__memberships') }}
    group by connection, user_id, group_id

),

workspaces as (

    select distinct connection, group_id
    from {{ ref('base_segment__groups') }}
    where group_id is not null

),

joined as (

    select
        identifies.*,
        memberships.group_id,
        memberships.member_from,
        case when memberships.is_current = 0 then memberships.member_until end
            as member_until,
        coalesce(identifies.received_at, identifies.synced_at) as known_at
    from identifies
    inner join memberships
        on identifies.connection = memberships.connection
        and identifies.user_id = memberships.user_id
    inner join workspaces
        on memberships.connection = workspaces.connection
        and memberships.group_id = workspaces.group_id
    where identifies.call_order = 1

),

final as (

    select
        {{ stream_row('people', {
            'source': 'connection',
            'source_id': "user_id || '@' || group_id",
            'email': 'email',
            'full_name': 'name',
            'title': 'title',
            'account_id': 'group_id',
            'role': "'user'",
            'started_at': 'member_from',
            'ended_at': 'member_until',
            'updated_at': 'known_at',
        }) }}
    from joined

)

select * from final
