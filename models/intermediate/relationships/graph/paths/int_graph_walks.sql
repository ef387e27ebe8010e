-- Question: over which ties may one ask to be introduced? Grain: edge and direction.
-- Live ties that may be shown, of the kinds that people know each other by.
with

edges as (

    select * from {{ ref('int_graph_edges') }}
    where is_open_live

),

types as (

    select edge_type, label, label_back, is_seat
    from {{ ref('graph_edge_types') }}
    where is_walked

),

final as (

    select
        edges.edge_key,
        edges.from_node_key as node_key,
        edges.to_node_key as other_key,
        edges.edge_type,
        types.label as verb,
        types.is_seat,
        edges.open_weight as weight,
        edges.open_from_date as from_date,
        edges.open_until_date as until_date
    from edges
    inner join types on edges.edge_type = types.edge_type
    union all
    select
        edges.edge_key,
        edges.to_node_key as node_key,
        edges.from_node_key as other_key,
        edges.edge_type,
        types.label_back as verb,
        false as is_seat,
        edges.open_weight as weight,
        edges.open_from_date as from_date,
        edges.open_until_date as until_date
    from edges
    inner join types on edges.edge_type = types.edge_type

)

select * from final
