{#  The value of a rule now in force (seeds/rules/rules.csv), as a scalar subquery. #}
{% macro rule(name) %}
    {{- return("(select value from " ~ ref('rules') ~ " where rule = '" ~ name ~ "' and valid_to is null)") -}}
{% endmacro %}
