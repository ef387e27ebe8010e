-- Question: who is tied to whom, how, since when and how strongly? Grain: two nodes and
-- an edge type, of ties that may be shown. Dates, weight and evidence are those of what
-- may be shown.
with

final as (

    select
        edge_key,
        from_node_key,
        to_node_key,
        edge_type,
        open_started_date as started_date,
        open_ended_date as ended_date,
        open_last_seen_date as last_seen_date,
        is_open_live as is_live,
        cast(open_weight as {{ type_double() }}) as weight,
        open_evidence as evidence,
        open_stream as stream
    from {{ ref('int_graph_edges') }}
    where is_open

)

select * from final
