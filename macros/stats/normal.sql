{#  Standard normal distribution function at x (SQL), to 1e-7.
    Source: Abramowitz & Stegun, Handbook of Mathematical Functions, 1964, 26.2.17. #}
{% macro normal_cdf(x) %}
    {%- set t = "(1 / (1 + 0.2316419 * abs(" ~ x ~ ")))" -%}
    {%- set tail -%}
        exp(-0.5 * ({{ x }}) * ({{ x }})) * 0.3989422804014327 * {{ t }} * (
            0.319381530 + {{ t }} * (-0.356563782 + {{ t }} * (1.781477937
            + {{ t }} * (-1.821255978 + {{ t }} * 1.330274429)))
        )
    {%- endset -%}
    case when ({{ x }}) >= 0 then 1 - {{ tail }} else {{ tail }} end
{%- endmacro %}


{#  The part of the standard normal distribution above x (SQL), to 1e-7; beyond 37 that of 37, because PostgreSQL refuses
    smaller numbers.
    Source: as normal_cdf. #}
{% macro normal_tail(x) %}
    {{- normal_cdf("-1 * least(" ~ x ~ ", 37)") -}}
{% endmacro %}


{#  Logistic function of x (SQL), in (0, 1). #}
{% macro logistic(x) %}
    {{- return("(1 / (1 + exp(-1 * (" ~ x ~ "))))") -}}
{% endmacro %}
