-- Question: which edges are accepted? Grain: two records and a rule.
-- A record that a person says is not the other one keeps only what people say of it.
with

edges as (

    select * from {{ ref('stg_record_edges') }}

),

match_rules as (

    select rule, probability, is_human
    from {{ ref('match_rules') }}

),

set_apart as (

    select distinct record_key
    from {{ ref('stg_identity_decisions') }}
    where decision in ('not_same_as', 'child_of')

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
    left join set_apart as one on edges.record_key = one.record_key
    left join set_apart as other on edges.other_record_key = other.record_key
    where match_rules.is_human or (one.record_key is null and other.record_key is null)

)

select * from final
