-- Question: how well is each node connected? Grain: node. Second degree: nodes that are
-- no neighbours but share one that is walked through. Restricted ties count. Only ties
-- of the kinds that embed count in embeddedness, and none with the company itself.
with

neighbours as (

    select * from {{ ref('int_graph_neighbours') }}

),

nodes as (

    select node_key, node_type, is_own from {{ ref('int_graph_nodes') }}

),

first_degrees as (

    select
        node_key,
        count(*) as first_degree,
        sum(case when is_hub then 1 else 0 end) as n_hubs_skipped
    from neighbours
    group by node_key

),

reached as (

    select distinct
        neighbours.node_key,
        beyond.neighbour_key
    from neighbours
    inner join neighbours as beyond
        on neighbours.neighbour_key = beyond.node_key
        and neighbours.node_key <> beyond.neighbour_key
    where neighbours.is_walked

),

second_degrees as (

    select reached.node_key, count(*) as second_degree
    from reached
    left join neighbours
        on reached.node_key = neighbours.node_key
        and reached.neighbour_key = neighbours.neighbour_key
    where neighbours.node_key is null
    group by reached.node_key

),

live_edges as (

    select edges.from_node_key, edges.to_node_key, edges.weight
    from {{ ref('int_graph_edges') }} as edges
    inner join {{ ref('graph_edge_types') }} as types
        on edges.edge_type = types.edge_type
    where edges.is_live and types.is_live_tie

),

ties as (

    select from_node_key as node_key, to_node_key as other_key, weight from live_edges
    union all
    select to_node_key as node_key, from_node_key as other_key, weight from live_edges

),

tied as (

    select ties.node_key, ties.other_key, sum(ties.weight) as weight
    from ties
    inner join nodes on ties.other_key = nodes.node_key
    where not nodes.is_own
    group by ties.node_key, ties.other_key

),

embedded as (

    select
        node_key,
        {{ six_places('sum(weight)') }} as embeddedness,
        {{ six_places(herfindahl('sum(weight)', 'sum(weight * weight)')) }}
            as concentration
    from tied
    group by node_key

),

final as (

    select
        nodes.node_key,
        {{ whole('coalesce(first_degrees.first_degree, 0)') }} as first_degree,
        {{ whole('coalesce(second_degrees.second_degree, 0)') }} as second_degree,
        {{ whole('coalesce(first_degrees.n_hubs_skipped, 0)') }} as n_hubs_skipped,
        coalesce(first_degrees.first_degree > {{ rule('graph_hub_cap') }}, false)
        and not nodes.is_own as is_hub,
        case
            when accounts.account_key is not null
                then coalesce(embedded.embeddedness, 0)
        end as embeddedness,
        case when nodes.node_type in ('account', 'partner') then embedded.concentration
        end as concentration
    from nodes
    left join {{ ref('int_accounts') }} as accounts
        on nodes.node_key = accounts.account_key
    left join first_degrees on nodes.node_key = first_degrees.node_key
    left join second_degrees on nodes.node_key = second_degrees.node_key
    left join embedded on nodes.node_key = embedded.node_key

)

select * from final
