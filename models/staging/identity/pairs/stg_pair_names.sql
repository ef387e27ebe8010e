-- Question: how alike are the names of two records? Grain: candidate pair. The best of
-- all their names counts; a name of nothing but generic words counts only as the whole.
{{ config(materialized='view') }}
with

pairs as (

    select * from {{ ref('stg_candidate_pairs') }}

),

names as (

    select core_name, n_telling_words from {{ ref('stg_names') }}

),

name_pairs as (

    select * from {{ ref('stg_name_pairs') }}

),

record_names as (

    select
        known.record_key,
        known.core_name,
        known.name_order
    from {{ ref('stg_record_names') }} as known
    inner join names on known.core_name = names.core_name
    where known.name_order = 1 or names.n_telling_words > 0

),

met as (

    select
        pairs.record_key,
        pairs.other_record_key,
        least(one.core_name, other.core_name) as core_name,
        greatest(one.core_name, other.core_name) as other_core_name,
        one.name_order = 1 and other.name_order = 1 as is_whole
    from pairs
    inner join record_names as one on pairs.record_key = one.record_key
    inner join record_names as other on pairs.other_record_key = other.record_key

),

ranked as (

    select
        met.record_key,
        met.other_record_key,
        case
            when (met.core_name = met.other_core_name or name_pairs.is_equal)
                and met.is_whole
                then 1
            when met.core_name = met.other_core_name or name_pairs.is_equal then 2
            when name_pairs.is_near then 3
            when name_pairs.is_equal_but_generic then 4
            when name_pairs.is_contained then 5
            when name_pairs.cosine >= {{ rule('name_close_cosine') }} then 6
            when name_pairs.cosine >= {{ rule('name_similar_cosine') }} then 7
            else 8
        end as likeness,
        case when met.is_whole and name_pairs.has_other_geography then 1 else 0 end
            as other_geography
    from met
    left join name_pairs
        on met.core_name = name_pairs.core_name
        and met.other_core_name = name_pairs.other_core_name

),

best as (

    select
        record_key,
        other_record_key,
        min(likeness) as likeness,
        max(other_geography) as other_geography
    from ranked
    group by record_key, other_record_key

),

final as (

    select
        pairs.record_key,
        pairs.other_record_key,
        case best.likeness
            when 1 then 'exact'
            when 2 then 'other_name'
            when 3 then 'misspelt'
            when 4 then 'generic_words'
            when 5 then 'contained'
            when 6 then 'close'
            when 7 then 'similar'
            when 8 then 'different'
            else 'missing'
        end as name_level,
        coalesce(best.other_geography = 1, false) as has_other_geography
    from pairs
    left join best
        on pairs.record_key = best.record_key
        and pairs.other_record_key = best.other_record_key

)

select * from final
