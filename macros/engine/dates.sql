{#  A date some days, or months, after another; the count may be any SQL expression. Result: date. #}
{% macro add_days(date, days) %}
    {{- return("cast(" ~ dbt.dateadd('day', "cast(" ~ days ~ " as integer)", date) ~ " as date)") -}}
{% endmacro %}

{% macro add_months(date, months) %}
    {{- return("cast(" ~ dbt.dateadd('month', "cast(" ~ months ~ " as integer)", date) ~ " as date)") -}}
{% endmacro %}
