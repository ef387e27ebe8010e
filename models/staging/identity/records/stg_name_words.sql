-- Question: which words make up a name, and how much does each tell? Grain: bare name
-- and word. A word of few names tells much: inverse document frequency, as a share of
-- what a word of one name tells (Sparck Jones, 1972).
with

record_names as (

    select distinct core_name from {{ ref('stg_record_names') }}

),

name_words as (

    select word, kind from {{ ref('name_words') }}

),

spelt as (

    select distinct
        core_name,
        words.word
    from record_names
    {{ cross_join_words('core_name') }}

),

counted as (

    select
        core_name,
        word,
        count(*) over (partition by word) as n_names
    from spelt

),

n_all as (

    select count(*) as n_names from record_names

),

valued as (

    select
        counted.core_name,
        counted.word,
        counted.n_names,
        name_words.word is not null as is_generic,
        coalesce(name_words.kind = 'geography', false) as is_geography,
        ln((1.0 + n_all.n_names) / counted.n_names) / ln(1.0 + n_all.n_names) as rarity
    from counted
    cross join n_all
    left join name_words on counted.word = name_words.word

),

final as (

    select
        core_name,
        word,
        n_names,
        is_generic,
        is_geography,
        case
            when is_generic
                then {{ six_places("rarity * " ~ rule('generic_word_weight')) }}
            else {{ six_places('rarity') }}
        end as weight
    from valued

)

select * from final
