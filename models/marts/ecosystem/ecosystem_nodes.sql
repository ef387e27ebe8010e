-- Question: who and what is in the ecosystem, and how well connected is it? Grain:
-- node: the company itself, an organisation (one node when customer and partner), a
-- person, a solution. People go by role and organisation.
with

nodes as (

    select * from {{ ref('int_graph_nodes') }}

),

degrees as (

    select * from {{ ref('int_graph_degrees') }}

),

components as (

    select node_key, component_key from {{ ref('int_graph_components') }}

),

final as (

    select
        nodes.node_key,
        nodes.node_type,
        nodes.label,
        degrees.first_degree,
        degrees.second_degree,
        cast(degrees.embeddedness as {{ type_double() }}) as embeddedness,
        cast(degrees.concentration as {{ type_double() }}) as concentration,
        components.component_key,
        degrees.is_hub,
        degrees.n_hubs_skipped
    from nodes
    inner join degrees on nodes.node_key = degrees.node_key
    left join components on nodes.node_key = components.node_key

)

select * from final
