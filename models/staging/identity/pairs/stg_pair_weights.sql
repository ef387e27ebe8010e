-- Question: how much does all that two records show speak for one organisation?
-- Grain: candidate pair. Match weights in bits (Fellegi & Sunter, 1969), frozen in the
-- seed match_weights; a level the seed lacks says nothing.
{% set comparisons = ['name', 'place', 'list', 'conflict'] %}
with

levels as (

    select * from {{ ref('stg_pair_levels') }}

),

weights as (

    select comparison, level, match_weight from {{ ref('match_weights') }}

),

weighed as (

    select
        levels.*,
        coalesce(prior_weight.match_weight, 0)
        {%- for comparison in comparisons %}
        + coalesce({{ comparison }}_weights.match_weight, 0)
        {%- endfor %} as weight
    from levels
    {% for comparison in comparisons -%}
    left join weights as {{ comparison }}_weights
        on {{ comparison }}_weights.comparison = '{{ comparison }}'
        and levels.{{ comparison }}_level = {{ comparison }}_weights.level
    {% endfor -%}
    left join weights as prior_weight on prior_weight.comparison = 'prior'

),

final as (

    select
        record_key,
        other_record_key,
        list_key,
        other_list_key,
        is_one_list,
        share_told,
        name_level,
        place_level,
        list_level,
        conflict_level,
        {{ six_places('weight') }} as match_weight
    from weighed

)

select * from final
