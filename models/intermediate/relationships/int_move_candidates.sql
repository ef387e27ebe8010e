-- Question: who may have left one organisation for another? Grain: two positions and a
-- rule. A stated end, or an open position not seen since the other began, speaks for a
-- move of one person; a rare name that soon begins elsewhere for that of two keys.
with

positions as (

    select
        positions.*,
        lead(started_at) over (
            partition by person_key, organisation_key order by
                case when started_at is null then 0 else 1 end, started_at
        ) as back_at
    from {{ ref('int_positions') }} as positions

),

spells as (

    select
        person_key,
        min(started_at) as first_at,
        max(ended_at) as last_ended_at,
        max(case when is_current then 1 else 0 end) = 1 as is_placed
    from positions
    group by person_key

),

named as (

    select
        persons.person_key,
        persons.clean_name,
        spells.first_at,
        spells.last_ended_at,
        spells.is_placed,
        count(*) over (partition by persons.clean_name) as n_bearers,
        count(*) over (
            partition by {{ dbt.split_part('persons.clean_name', "' '", 1) }}
        ) as n_first_name,
        count(*) over (
            partition by {{ dbt.split_part('persons.clean_name', "' '", -1) }}
        ) as n_last_name,
        count(*) over () as n_named
    from {{ ref('stg_persons') }} as persons
    left join spells on persons.person_key = spells.person_key
    where {{ dbt.position("' '", 'persons.clean_name') }} > 0

),

{# the one who left has no place any more, the other's places all began since #}
namesakes as (

    select
        leaver.person_key,
        leaver.last_ended_at,
        joiner.person_key as to_person_key,
        joiner.first_at
    from named as leaver
    inner join named as joiner
        on leaver.clean_name = joiner.clean_name
        and leaver.person_key <> joiner.person_key
    where
        leaver.n_bearers = {{ rule('rare_name_persons') }}
        -- if the two are one, how many others would chance call the same?
        and (leaver.n_first_name - 1) * (leaver.n_last_name - 1)
        <= {{ rule('rare_name_namesakes') }} * leaver.n_named
        and not leaver.is_placed

),

final as (

    select
        'position_ended' as rule,
        positions.person_key as to_person_key,
        before.position_key as from_position_key,
        positions.position_key as to_position_key,
        before.ended_at as left_at
    from positions as before
    inner join positions
        on before.person_key = positions.person_key
        and before.organisation_key <> positions.organisation_key
        and (before.started_at is null or before.started_at < positions.started_at)
        and cast(positions.started_at as date)
        >= {{ add_days('before.ended_at', '-' ~ rule('move_overlap_days')) }}
    where
        before.ended_at is not null
        and (before.back_at is null or before.back_at > positions.started_at)
    union all
    select
        'position_replaced' as rule,
        positions.person_key as to_person_key,
        before.position_key as from_position_key,
        positions.position_key as to_position_key,
        positions.started_at as left_at
    from positions as before
    inner join positions
        on before.person_key = positions.person_key
        and before.organisation_key <> positions.organisation_key
        and before.started_at < positions.started_at
        and before.seen_at < positions.started_at
    where
        before.is_current
        and coalesce(before.role, 'other') not in ('consultant', 'advisor', 'board')
    union all
    select
        'rare_name' as rule,
        namesakes.to_person_key,
        before.position_key as from_position_key,
        positions.position_key as to_position_key,
        before.ended_at as left_at
    from namesakes
    inner join positions as before
        on namesakes.person_key = before.person_key
        and namesakes.last_ended_at = before.ended_at
    inner join positions
        on namesakes.to_person_key = positions.person_key
        and namesakes.first_at = positions.started_at
        and before.organisation_key <> positions.organisation_key
        and before.ended_at <= positions.started_at
        and cast(positions.started_at as date)
        <= {{ add_days('before.ended_at', rule('rare_name_window_days')) }}

)

select * from final
