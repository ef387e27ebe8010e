-- Question: whom is each node tied to now? Grain: node and neighbour, both ways round.
-- A neighbour is walked through unless it is the company's own, which ties everybody,
-- or a hub: one with more neighbours than the rule.
with

ties as (

    select from_node_key as node_key, to_node_key as neighbour_key, is_open_live
    from {{ ref('int_graph_edges') }}
    where is_live
    union all
    select to_node_key as node_key, from_node_key as neighbour_key, is_open_live
    from {{ ref('int_graph_edges') }}
    where is_live

),

pairs as (

    select
        node_key,
        neighbour_key,
        max(case when is_open_live then 1 else 0 end) = 1 as is_open
    from ties
    group by node_key, neighbour_key

),

counted as (

    select
        pairs.*,
        count(*) over (partition by neighbour_key) as n_of_neighbour
    from pairs

),

final as (

    select
        counted.node_key,
        counted.neighbour_key,
        counted.is_open,
        counted.n_of_neighbour,
        counted.n_of_neighbour > {{ rule('graph_hub_cap') }} and not nodes.is_own
            as is_hub,
        counted.n_of_neighbour <= {{ rule('graph_hub_cap') }} and not nodes.is_own
            as is_walked
    from counted
    inner join {{ ref('int_graph_nodes') }} as nodes
        on counted.neighbour_key = nodes.node_key

)

select * from final
