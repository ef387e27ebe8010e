-- Question: which words has the first of two names that meet in candidate pairs?
-- Grain: two different bare names, the lesser first, and a word of the lesser. A table,
-- so that no planner joins the words of all names with one another first.
with

pairs as (

    select * from {{ ref('stg_candidate_pairs') }}

),

record_names as (

    select record_key, core_name from {{ ref('stg_record_names') }}

),

name_words as (

    select core_name, word, weight from {{ ref('stg_name_words') }}

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

final as (

    select
        met.core_name,
        met.other_core_name,
        name_words.word,
        name_words.weight
    from met
    inner join name_words on met.core_name = name_words.core_name

)

select * from final
