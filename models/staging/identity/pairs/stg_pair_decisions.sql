-- Question: what holds between two records by somebody's word? Grain: two records, the
-- lesser key first. A person's word goes before a system's, the newest before older
-- ones; a child is another organisation than its parent.
with

decisions as (

    select * from {{ ref('stg_identity_decisions') }}

),

match_rules as (

    select rule, rank from {{ ref('match_rules') }}

),

ranked as (

    select
        least(decisions.record_key, decisions.other_record_key) as record_key,
        greatest(decisions.record_key, decisions.other_record_key) as other_record_key,
        case when decisions.decision = 'same_as' then 'same_as' else 'not_same_as' end
            as decision,
        decisions.rule,
        decisions.evidence,
        row_number() over (
            partition by
                least(decisions.record_key, decisions.other_record_key),
                greatest(decisions.record_key, decisions.other_record_key)
            order by
                match_rules.rank asc,
                case when decisions.decided_at is null then 1 else 0 end asc,
                decisions.decided_at desc,
                case when decisions.decision = 'same_as' then 1 else 0 end asc,
                decisions.evidence asc
        ) as precedence
    from decisions
    inner join match_rules on decisions.rule = match_rules.rule

),

final as (

    select record_key, other_record_key, decision, rule, evidence
    from ranked
    where precedence = 1

)

select * from final
