-- Question: what is the warmest way from a partner, or from the company itself, to a
-- person at an account? Grain: account and partner (`own_team`), as of as_of_date. The
-- highest product of weights wins, then fewer hops, then keys.
with

candidates as (

    select * from {{ ref('int_path_candidates') }}

),

nodes as (

    select node_key, node_type, label from {{ ref('int_graph_nodes') }}

),

ranked as (

    select
        candidates.*,
        row_number() over (
            partition by account_key, partner_key
            order by
                path_score desc,
                hops asc,
                case when partner_person_key is null then 1 else 0 end asc,
                start_key asc,
                end_key asc,
                case when via_key is null then 0 else 1 end asc,
                via_key asc,
                edge_key asc,
                verb_on asc
        ) as path_order
    from candidates

),

final as (

    select
        ranked.account_key,
        ranked.partner_key,
        ranked.hops,
        ranked.path_score,
        ranked.partner_person_key,
        ranked.account_person_key,
        starts.label || ' ' || ranked.verb || ' '
        || case
            when ranked.via_key is null then ''
            else via.label
                || case via.node_type when 'person' then ', who ' else ', which ' end
                || ranked.verb_on || ' '
        end
        || ends.label as path_text
    from ranked
    inner join nodes as starts on ranked.start_key = starts.node_key
    left join nodes as via on ranked.via_key = via.node_key
    inner join nodes as ends on ranked.end_key = ends.node_key
    where ranked.path_order = 1

)

select * from final
