-- Question: what is each edge worth? Grain: two records and a rule.
with

edges as (

    select * from {{ ref('stg_record_edges') }}

),

match_rules as (

    select rule, probability, is_human
    from {{ ref('match_rules') }}

),

final as (

    select
        edges.record_key,
        edges.other_record_key,
        edges.rule,
        edges.evidence,
        match_rules.probability,
        match_rules.is_human
    from edges
    inner join match_rules on edges.rule = match_rules.rule

)

select * from final
