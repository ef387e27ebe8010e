-- Question: whom do the live customers reach over one other node? Grain: segment, and
-- `all`. The company's own nodes are not walked through; hubs are not either, and what
-- they tie is counted.
with

customers as (

    select segment, account_key from {{ ref('int_live_accounts') }}
    where is_latest

),

starts as (

    select segment, account_key as node_key from customers
    union all
    select 'all' as segment, account_key as node_key from customers

),

neighbours as (

    select * from {{ ref('int_graph_neighbours') }}
    where is_walked or is_hub

),

near as (

    select
        starts.segment,
        neighbours.neighbour_key as node_key,
        max(neighbours.n_of_neighbour) as n_neighbours,
        max(case when neighbours.is_hub then 1 else 0 end) as is_hub
    from starts
    inner join neighbours on starts.node_key = neighbours.node_key
    group by starts.segment, neighbours.neighbour_key

),

counted as (

    select
        segment,
        sum(is_hub) as n_hubs,
        sum(is_hub * n_neighbours) as n_hub_ties
    from near
    group by segment

),

far as (

    select distinct
        near.segment,
        neighbours.neighbour_key as node_key
    from near
    inner join neighbours on near.node_key = neighbours.node_key
    where near.is_hub = 0

),

beyond as (

    select far.segment, count(*) as second_degree
    from far
    left join near
        on far.segment = near.segment
        and far.node_key = near.node_key
    left join starts
        on far.segment = starts.segment
        and far.node_key = starts.node_key
    where near.node_key is null and starts.node_key is null
    group by far.segment

),

final as (

    select
        counted.segment,
        {{ whole('coalesce(beyond.second_degree, 0)') }} as second_degree,
        {{ whole('counted.n_hubs') }} as n_hubs,
        {{ whole('counted.n_hub_ties') }} as n_hub_ties
    from counted
    left join beyond on counted.segment = beyond.segment

)

select * from final
