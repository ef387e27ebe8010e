-- Question: which partners serve which customers now? Grain: live customer and partner.
-- By a live tie of the graph; is_open where it may be shown.
with

customers as (

    select account_key, segment from {{ ref('int_live_accounts') }}
    where is_latest

),

final as (

    select
        customers.account_key,
        customers.segment,
        edges.from_node_key as partner_key,
        edges.is_open_live as is_open
    from customers
    inner join {{ ref('int_graph_edges') }} as edges
        on customers.account_key = edges.to_node_key
    where
        edges.edge_type = 'serves'
        and edges.is_live
        and edges.from_node_key <> 'own_team'

)

select * from final
