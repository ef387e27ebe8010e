-- Question: which nodes hang together? Grain: node (node_key), with its component_key.
-- Only live ties that may be shown, so that a component gives none away; without the
-- company itself and its products, which would tie all.
{{ config(materialized='connected_components') }}
with

nodes as (

    select node_key from {{ ref('int_graph_nodes') }}
    where not is_own

),

neighbours as (

    select node_key, neighbour_key from {{ ref('int_graph_neighbours') }}
    where is_open

),

final as (

    select node_key as from_key, node_key as to_key from nodes
    union all
    select
        neighbours.node_key as from_key,
        neighbours.neighbour_key as to_key
    from neighbours
    inner join nodes on neighbours.node_key = nodes.node_key
    inner join nodes as others on neighbours.neighbour_key = others.node_key

)

select * from final
