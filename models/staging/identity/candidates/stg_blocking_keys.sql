-- Question: under which keys is a record looked up? Grain: record, kind and key.
-- Records that share a key are compared, unless too many do (seed blocking_rules).
{{ config(materialized='view') }}
{% set traits = {
    'domain': 'registrable_domain', 'domain_label': 'domain_label',
    'phone': 'phone_key', 'address': 'street_address', 'postcode': 'postcode'
} %}
with

traits as (

    select * from {{ ref('stg_record_traits') }}

),

record_names as (

    select record_key, core_name from {{ ref('stg_record_names') }}

),

names as (

    select core_name, squashed_name, n_telling_words from {{ ref('stg_names') }}

),

ranked_words as (

    select
        core_name,
        word,
        row_number() over (
            partition by core_name order by n_names asc, word asc
        ) as rarity
    from {{ ref('stg_name_words') }}

),

known_names as (

    select
        record_names.record_key,
        record_names.core_name,
        names.squashed_name
    from record_names
    inner join names on record_names.core_name = names.core_name

),

record_words as (

    select
        known_names.record_key,
        ranked_words.word,
        ranked_words.rarity
    from known_names
    inner join ranked_words on known_names.core_name = ranked_words.core_name

),

keys as (

    {% for kind, column in traits.items() -%}
    select record_key, '{{ kind }}' as block_kind, {{ column }} as block_key
    from traits
    union all
    {% endfor -%}
    select record_key, 'name' as block_kind, squashed_name as block_key
    from known_names
    union all
    select record_key, 'word' as block_kind, word as block_key
    from record_words
    where rarity <= {{ rule('matched_words_rare') }}
    union all
    select
        record_words.record_key,
        'postcode_word' as block_kind,
        traits.postcode || ' ' || record_words.word as block_key
    from record_words
    inner join traits on record_words.record_key = traits.record_key
    where record_words.rarity <= {{ rule('matched_words_postcode') }}

),

final as (

    select distinct record_key, block_kind, block_key
    from keys
    where block_key is not null

)

select * from final
