-- Question: which nodes are tied to each other, how and how strongly? Grain: two nodes
-- and an edge type. The strongest fact that stands gives the weight; open_ columns know
-- only facts that may be shown, and are null where there is none.
with

weights as (

    select
        weights.*,
        case when is_live then 1 else 0 end as live,
        case when is_restricted then 0 else 1 end as shown,
        row_number() over (
            partition by from_node_key, to_node_key, edge_type, is_restricted
            order by
                case when is_live then 0 else 1 end asc,
                weight desc,
                evidence asc,
                stream asc
        ) as fact_order
    from {{ ref('int_graph_weights') }} as weights

),

collapsed as (

    select
        from_node_key,
        to_node_key,
        edge_type,
        max(live) as live,
        max(case when live = 1 then weight end) as live_weight,
        max(weight) as any_weight,
        max(shown) as shown,
        max(live * shown) as open_live,
        {% for name in ['weight', 'evidence', 'stream'] -%}
        max(case when shown = 1 and fact_order = 1 then {{ name }} end)
            as open_{{ name }},
        {% endfor -%}
        min(case when shown = 1 then coalesce(started_date, until_date) end)
            as open_from_date,
        max(case when shown = 1 then until_date end) as open_until_date,
        min(case when shown = 1 then started_date end) as open_started_date,
        max(case when shown = 1 then last_seen_date end) as open_last_seen_date,
        max(case when shown = 1 and ended_date is null then 1 else 0 end) as unended
    from weights
    group by from_node_key, to_node_key, edge_type

),

final as (

    select
        {{ surrogate_key(["'edge'", 'from_node_key', 'to_node_key', 'edge_type']) }}
            as edge_key,
        from_node_key,
        to_node_key,
        edge_type,
        live = 1 as is_live,
        coalesce(live_weight, any_weight) as weight,
        shown = 1 as is_open,
        open_live = 1 as is_open_live,
        open_weight,
        open_evidence,
        open_stream,
        open_from_date,
        open_until_date,
        open_started_date,
        open_last_seen_date,
        case when unended = 0 then open_until_date end as open_ended_date
    from collapsed

)

select * from final
