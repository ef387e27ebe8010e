{#  Weight of something that lies some days back: halves every half-life. Both arguments are SQL in days. #}
{% macro half_life_decay(days, half_life) %}
    {{- return("power(0.5, cast(" ~ days ~ " as " ~ type_double() ~ ") / (" ~ half_life ~ "))") -}}
{% endmacro %}
