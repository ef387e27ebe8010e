{#  Tier of a readiness score (SQL, 0 to 100): A, B, C or D by rules. A feasibility (SQL, 0 to 100) below the rule
    feasibility_stall_below caps at B; one that is not known caps nothing. Null without a score. #}
{% macro readiness_tier(score, feasibility) -%}
    case
        when {{ score }} >= {{ rule('tier_a_from') }}
            and coalesce({{ feasibility }} >= {{ rule('feasibility_stall_below') }}, true)
            then 'A'
        when {{ score }} >= {{ rule('tier_b_from') }} then 'B'
        when {{ score }} >= {{ rule('tier_c_from') }} then 'C'
        when {{ score }} is not null then 'D'
    end
{%- endmacro %}


{#  Median of a number (SQL) over a group; of an even number of rows the mean of the two in the middle. #}
{% macro median(number) -%}
    percentile_cont(0.5) within group (order by cast({{ number }} as {{ type_double() }}))
{%- endmacro %}
