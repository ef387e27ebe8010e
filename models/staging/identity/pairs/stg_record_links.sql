-- Question: which two records are linked, and why? Grain: linked pair, the lesser key
-- first. What a person says goes before what is computed.
with

scores as (

    select * from {{ ref('stg_pair_scores') }}

),

decisions as (

    select * from {{ ref('stg_pair_decisions') }}

),

final as (

    select
        scores.record_key,
        scores.other_record_key,
        scores.match_weight,
        case when decisions.decision is null then scores.match_probability else 1 end
            as match_probability,
        coalesce(decisions.rule, {{ match_rule('scores') }}) as rule,
        decisions.decision is not null as is_human
    from scores
    left join decisions
        on scores.record_key = decisions.record_key
        and scores.other_record_key = decisions.other_record_key
    where decisions.decision = 'same_as'
        or (
            decisions.decision is null
            and scores.match_probability >= {{ rule('link_probability') }}
        )

)

select * from final
