-- Question: how alike are two names? Grain: two different bare names that candidate
-- pairs bring together, the lesser first.
with

met_words as (

    select * from {{ ref('stg_met_words') }}

),

names as (

    select * from {{ ref('stg_names') }}

),

name_words as (

    select core_name, word, is_generic, is_geography, weight
    from {{ ref('stg_name_words') }}

),

compared as (

    select
        met_words.core_name,
        met_words.other_core_name,
        sum(case when not name_words.is_generic then 1 else 0 end) as n_telling_words,
        sum(case when name_words.is_geography then 1 else 0 end) as n_geography_words,
        sum(met_words.weight * name_words.weight) as product
    from met_words
    left join name_words
        on met_words.other_core_name = name_words.core_name
        and met_words.word = name_words.word
    group by met_words.core_name, met_words.other_core_name

),

final as (

    select
        compared.core_name,
        compared.other_core_name,
        one.squashed_name = other.squashed_name as is_equal,
        {{ edit_similarity('one.squashed_name', 'other.squashed_name') }}
        >= {{ rule('name_near_similarity') }}
        and greatest(length(one.squashed_name), length(other.squashed_name))
        >= {{ rule('name_near_length') }}
        and {{ regex_replace('one.squashed_name', '[^0-9]+', '') }}
        = {{ regex_replace('other.squashed_name', '[^0-9]+', '') }} as is_near,
        {{ six_places(
            'coalesce(compared.product, 0)'
            ~ ' / sqrt(one.squared_weight * other.squared_weight)'
        ) }} as cosine,
        compared.n_telling_words > 0
        and compared.n_telling_words
        = least(one.n_telling_words, other.n_telling_words) as is_contained,
        compared.n_telling_words > 0
        and compared.n_telling_words = one.n_telling_words
        and compared.n_telling_words = other.n_telling_words as is_equal_but_generic,
        one.n_geography_words > 0
        and other.n_geography_words > 0
        and compared.n_geography_words = 0 as has_other_geography
    from compared
    inner join names as one on compared.core_name = one.core_name
    inner join names as other on compared.other_core_name = other.core_name

)

select * from final
