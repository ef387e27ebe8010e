{#  A sum of whole numbers as a whole number; engines differ in what they make of a sum. #}
{% macro whole(number) %}
    {{- return("cast(" ~ number ~ " as " ~ dbt.type_bigint() ~ ")") -}}
{% endmacro %}


{#  A number from 0 to below 10 as text with three decimals, the same on every engine. #}
{% macro three_decimals(number) %}
    {%- set thousandths = "cast(floor(1000 * (" ~ number ~ ") + 0.5) as integer)" -%}
    cast(cast(floor({{ thousandths }} / 1000.0) as integer) as {{ type_text() }}) || '.' || lpad(cast({{ thousandths }} % 1000 as {{ type_text() }}), 3, '0')
{%- endmacro %}
