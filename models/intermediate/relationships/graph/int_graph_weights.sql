-- Question: how much does each fact that ties two nodes weigh, and does the tie stand?
-- Grain: fact. The company's own organisation is the node `own_team`; facts with an end
-- that is nobody, or of a node with itself, tie nothing.
with

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

own as (

    select organisation_key from {{ ref('stg_organisations') }}
    where is_own

),

depths as (

    select partner_key, account_key, level from {{ ref('int_depths') }}
    where is_latest

),

facts as (

    select
        facts.*,
        as_of.as_of_date,
        case when own_from.organisation_key is null then facts.from_node_key
            else 'own_team'
        end as from_key,
        case when own_to.organisation_key is null then facts.to_node_key
            else 'own_team'
        end as to_key
    from {{ ref('int_graph_facts') }} as facts
    cross join as_of
    left join own as own_from on facts.from_node_key = own_from.organisation_key
    left join own as own_to on facts.to_node_key = own_to.organisation_key
    where facts.from_node_key is not null and facts.to_node_key is not null

),

aged as (

    select
        facts.*,
        types.base_weight,
        types.half_life_days,
        types.live_days,
        types.outlives_end,
        -- the depth of the own team is not measured
        case
            when types.is_by_depth and facts.from_key <> 'own_team'
                then coalesce(depths.level, 0)
        end as level,
        coalesce({{ dbt.datediff(
            'coalesce(facts.ended_date, facts.last_seen_date)', 'facts.as_of_date',
            'day'
        ) }}, 0) as silent_days
    from facts
    inner join {{ ref('graph_edge_types') }} as types
        on facts.edge_type = types.edge_type
    left join depths
        on facts.from_key = depths.partner_key
        and facts.to_key = depths.account_key
    where facts.from_key <> facts.to_key

),

final as (

    select
        from_key as from_node_key,
        to_key as to_node_key,
        edge_type,
        started_date,
        ended_date,
        last_seen_date,
        case
            when coalesce(ended_date, last_seen_date) is not null
                then coalesce(ended_date, last_seen_date)
            -- it is over, nobody says since when
            when not outlives_end then as_of_date
        end as until_date,
        evidence,
        is_restricted,
        stream,
        outlives_end or (
            ended_date is null and (live_days is null or silent_days <= live_days)
        ) as is_live,
        {{ six_places(tie_weight(
            'base_weight', 'level', 'silent_days', 'half_life_days', 'evidence'
        )) }} as weight
    from aged

)

select * from final
