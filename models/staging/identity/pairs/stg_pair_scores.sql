-- Question: how probable is it that two records are one organisation? Grain: candidate
-- pair. Match weight with the weight of the lead over rivals; the probability is its
-- logistic. Two records of one list are tolerated in an organisation that other links
-- make if their own is probable, or undecided while they share a former or other name.
with

weights as (

    select * from {{ ref('stg_pair_weights') }}

),

rivals as (

    select record_key, other_record_key, rival_level
    from {{ ref('stg_pair_rivals') }}

),

rival_weights as (

    select level, match_weight from {{ ref('match_weights') }}
    where comparison = 'rival'

),

weighed as (

    select
        weights.record_key,
        weights.other_record_key,
        weights.list_key,
        weights.other_list_key,
        weights.is_one_list,
        weights.name_level,
        weights.place_level,
        weights.list_level,
        weights.conflict_level,
        coalesce(rivals.rival_level, 'one_list') as rival_level,
        {{ six_places(
            'weights.match_weight + coalesce(rival_weights.match_weight, 0)'
        ) }} as match_weight
    from weights
    left join rivals
        on weights.record_key = rivals.record_key
        and weights.other_record_key = rivals.other_record_key
    left join rival_weights
        on coalesce(rivals.rival_level, 'one_list') = rival_weights.level

),

probable as (

    select
        weighed.*,
        {{ six_places('1 / (1 + power(2, -match_weight))') }} as match_probability
    from weighed

),

final as (

    select
        probable.*,
        is_one_list
        and (
            match_probability >= {{ rule('link_probability') }}
            or (
                match_probability >= {{ rule('review_probability') }}
                and name_level = 'other_name'
            )
        ) as is_tolerated
    from probable

)

select * from final
