{#  A gate of depth now in force (seeds/rules/depth_gates.csv), as a scalar subquery. #}
{% macro depth_gate(name) %}
    {{- return("(select value from " ~ ref('depth_gates') ~ " where gate = '" ~ name ~ "' and valid_to is null)") -}}
{% endmacro %}


{#  Level of depth that is left of one earned, after some days of silence (both SQL): a level goes with each span of silence,
    and all of it after a year in which nothing was seen. Result: 0 to the level. #}
{% macro depth_after_silence(level, silent_days) %}
    case
        when {{ level }} is null or {{ silent_days }} > {{ depth_gate('observed_days') }} then 0
        else greatest(0, {{ level }} - floor({{ silent_days }} / {{ depth_gate('silence_days') }}))
    end
{%- endmacro %}


{#  The number of a level by its name (seeds/rules/depth_levels.csv), as a scalar subquery. #}
{% macro depth_level(name) %}
    {{- return("(select level from " ~ ref('depth_levels') ~ " where level_name = '" ~ name ~ "')") -}}
{% endmacro %}


{#  Number of the quarter of a date, counted from go-live (both SQL dates), from 0. #}
{% macro quarter_of(go_live_date, date) %}
    {{- return("floor(" ~ dbt.datediff(go_live_date, date, 'day') ~ " / " ~ depth_gate('quarter_days') ~ ")") -}}
{% endmacro %}
