-- Levels that pairs of records stand at, or that weights are kept for, without words.
{% set comparisons = ['name', 'place', 'list', 'conflict', 'rival'] %}
with

levels as (

    {% for comparison in comparisons -%}
    select '{{ comparison }}' as comparison, {{ comparison }}_level as level
    from {{ ref('stg_pair_scores') }}
    union all
    {% endfor -%}
    select comparison, level from {{ ref('match_weights') }}
    where comparison <> 'prior'
    union all
    select 'refusal' as comparison, refusal as level
    from {{ ref('stg_refused_joins') }}

),

match_words as (

    select comparison, level, words from {{ ref('match_words') }}

)

select levels.comparison, levels.level, count(*) as n_rows
from levels
left join match_words
    on levels.comparison = match_words.comparison
    and levels.level = match_words.level
where match_words.words is null
group by levels.comparison, levels.level
