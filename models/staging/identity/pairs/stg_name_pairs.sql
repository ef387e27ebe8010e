-- Question: how alike are two names? Grain: two different bare names that candidate
-- pairs bring together, the lesser first.
with

pairs as (

    select * from {{ ref('stg_candidate_pairs') }}

),

record_names as (

    select record_key, core_name from {{ ref('stg_record_names') }}

),

names as (

    select * from {{ ref('stg_names') }}

),

name_words as (

    select core_name, word, is_generic, is_geography, weight
    from {{ ref('stg_name_words') }}

),

met as (

    select distinct
        least(one.core_name, other.core_name) as core_name,
        greatest(one.core_name, other.core_name) as other_core_name
    from pairs
    inner join record_names as one on pairs.record_key = one.record_key
    inner join record_names as other on pairs.other_record_key = other.record_key
    where one.core_name <> other.core_name

),

shared as (

    select
        met.core_name,
        met.other_core_name,
        count(*) as n_words,
        sum(case when one.is_generic then 0 else 1 end) as n_telling_words,
        sum(case when one.is_geography then 1 else 0 end) as n_geography_words,
        sum(one.weight * other.weight) as product
    from met
    inner join name_words as one on met.core_name = one.core_name
    inner join name_words as other
        on met.other_core_name = other.core_name
        and one.word = other.word
    group by met.core_name, met.other_core_name

),

final as (

    select
        met.core_name,
        met.other_core_name,
        one.squashed_name = other.squashed_name as is_equal,
        {{ edit_similarity('one.squashed_name', 'other.squashed_name') }}
        >= {{ rule('name_near_similarity') }}
        and greatest(length(one.squashed_name), length(other.squashed_name))
        >= {{ rule('name_near_length') }}
        and {{ regex_replace('one.squashed_name', '[^0-9]+', '') }}
        = {{ regex_replace('other.squashed_name', '[^0-9]+', '') }} as is_near,
        {{ six_places(
            'coalesce(shared.product, 0)'
            ~ ' / sqrt(one.squared_weight * other.squared_weight)'
        ) }} as cosine,
        coalesce(
            shared.n_telling_words > 0
            and shared.n_telling_words
            = least(one.n_telling_words, other.n_telling_words),
            false
        ) as is_contained,
        coalesce(
            shared.n_telling_words > 0
            and shared.n_telling_words = one.n_telling_words
            and shared.n_telling_words = other.n_telling_words,
            false
        ) as is_equal_but_generic,
        one.n_geography_words > 0
        and other.n_geography_words > 0
        and coalesce(shared.n_geography_words, 0) = 0 as has_other_geography
    from met
    inner join names as one on met.core_name = one.core_name
    inner join names as other on met.other_core_name = other.core_name
    left join shared
        on met.core_name = shared.core_name
        and met.other_core_name = shared.other_core_name

)

select * from final
