-- Question: what became of each pair that is likely enough, or that somebody spoke of?
-- Grain: two records, the lesser key first. linked and joined_otherwise stand in one
-- organisation; refused is a link that the clusters do not bear out.
with

scores as (

    select * from {{ ref('stg_pair_scores') }}

),

links as (

    select record_key, other_record_key, rule from {{ ref('stg_record_links') }}

),

decisions as (

    select record_key, other_record_key, decision, rule
    from {{ ref('stg_pair_decisions') }}

),

members as (

    select record_key, organisation_key from {{ ref('stg_organisation_members') }}

),

judged as (

    select
        scores.*,
        one.organisation_key,
        other.organisation_key as other_organisation_key,
        coalesce(links.rule, decisions.rule, {{ match_rule('scores') }}) as rule,
        links.rule is not null as is_linked,
        decisions.decision is not null as is_human,
        coalesce(decisions.decision = 'not_same_as', false) as is_set_apart,
        one.organisation_key = other.organisation_key as is_one_organisation
    from scores
    inner join members as one on scores.record_key = one.record_key
    inner join members as other on scores.other_record_key = other.record_key
    left join links
        on scores.record_key = links.record_key
        and scores.other_record_key = links.other_record_key
    left join decisions
        on scores.record_key = decisions.record_key
        and scores.other_record_key = decisions.other_record_key
    where scores.match_probability >= {{ rule('review_probability') }}
        or decisions.decision is not null

),

final as (

    select
        record_key,
        other_record_key,
        organisation_key,
        other_organisation_key,
        is_one_list,
        is_tolerated,
        name_level,
        place_level,
        list_level,
        conflict_level,
        rival_level,
        match_probability,
        rule,
        is_human,
        case
            when is_set_apart then 'set_apart'
            when is_linked and is_one_organisation then 'linked'
            when is_linked then 'refused'
            when is_one_organisation then 'joined_otherwise'
            else 'review'
        end as fate
    from judged

)

select * from final
