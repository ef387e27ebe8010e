-- Question: who left one organisation and appeared at another? Grain: position left.
-- The first position that followed counts. A move by a rare name joins two person keys,
-- which stay two persons: probability says how far to believe it.
with

candidates as (

    select * from {{ ref('int_move_candidates') }}

),

positions as (

    select * from {{ ref('int_positions') }}

),

ranked as (

    select
        candidates.from_position_key,
        candidates.to_position_key,
        candidates.rule,
        candidates.left_at,
        rules.probability,
        joined.person_key as to_person_key,
        joined.organisation_key as to_organisation_key,
        joined.started_at as joined_at,
        joined.role as role_after,
        row_number() over (
            partition by candidates.from_position_key
            order by
                rules.probability desc,
                joined.started_at asc,
                candidates.to_position_key asc
        ) as move_order
    from candidates
    inner join positions as joined
        on candidates.to_position_key = joined.position_key
    inner join {{ ref('person_rules') }} as rules on candidates.rule = rules.rule

),

final as (

    select
        {{ surrogate_key(["'move'", 'ranked.from_position_key']) }} as move_key,
        positions.person_key,
        ranked.to_person_key,
        positions.organisation_key as from_organisation_key,
        ranked.to_organisation_key,
        ranked.left_at,
        ranked.joined_at,
        positions.title as title_before,
        positions.seniority as seniority_before,
        positions.role as role_before,
        ranked.role_after,
        ranked.rule,
        ranked.probability
    from ranked
    inner join positions on ranked.from_position_key = positions.position_key
    where ranked.move_order = 1

)

select * from final
