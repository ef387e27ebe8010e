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

final as (

    select
        counted.core_name,
        counted.word,
        counted.n_names,
        name_words.word is not null as is_generic,
        coalesce(name_words.kind = 'geography', false) as is_geography,
        round(cast(
            ln((1.0 + n_all.n_names) / counted.n_names)
            / ln(1.0 + n_all.n_names)
            * case
                when name_words.word is null then 1
                else {{ rule('generic_word_weight') }}
            end as {{ type_double() }}
        ), 6) as weight
    from counted
    cross join n_all
    left join name_words on counted.word = name_words.word

)

select * from final
