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

final as (

    select
        levels.*,
        round(cast(
            coalesce(prior.match_weight, 0)
            {%- for comparison in comparisons %}
            + coalesce({{ comparison }}_weights.match_weight, 0)
            {%- endfor %}
            as {{ type_double() }}
        ), 6) as match_weight
    from levels
    left join weights as prior on prior.comparison = 'prior'
    {%- for comparison in comparisons %}
    left join weights as {{ comparison }}_weights
        on {{ comparison }}_weights.comparison = '{{ comparison }}'
        and levels.{{ comparison }}_level = {{ comparison }}_weights.level
    {%- endfor %}

)

select * from final
