{#  A date some days, or months, after another; the count may be any SQL expression. Result: date. #}
{% macro add_days(date, days) %}
    {{- return("cast(" ~ dbt.dateadd('day', "cast(" ~ days ~ " as integer)", date) ~ " as date)") -}}
{% endmacro %}

{% macro add_months(date, months) %}
    {{- return("cast(" ~ dbt.dateadd('month', "cast(" ~ months ~ " as integer)", date) ~ " as date)") -}}
{% endmacro %}


{#  Overrides of dbt's own for Spark: its macros add in the session's time zone, and count whole months that have passed
    where the other engines count the turns of the month. #}
{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) %}
    {{- return("timestampadd(" ~ datepart ~ ", " ~ interval ~ ", " ~ from_date_or_timestamp ~ ")") -}}
{% endmacro %}

{% macro spark__datediff(first_date, second_date, datepart) %}
    {%- set first = "cast(" ~ first_date ~ " as date)" -%}
    {%- set second = "cast(" ~ second_date ~ " as date)" -%}
    {%- if datepart == 'day' -%}
        {{- return("datediff(" ~ second ~ ", " ~ first ~ ")") -}}
    {%- elif datepart == 'month' -%}
        {{- return(
            "(12 * (year(" ~ second ~ ") - year(" ~ first ~ ")) + month(" ~ second ~ ") - month(" ~ first ~ "))"
        ) -}}
    {%- endif -%}
    {{- exceptions.raise_compiler_error("datediff on Spark counts days and months, not '" ~ datepart ~ "'.") -}}
{% endmacro %}


{#  Whether a date lies in a span from a day to the day before another; until_date null: the span has no end. All SQL. Written
    as comparisons alone, because DuckDB plans an outer join with an alternative ("or") as a nested loop. #}
{% macro in_force(date, from_date, until_date) %}
    {{- return(date ~ " >= " ~ from_date ~ " and " ~ date ~ " < coalesce(" ~ until_date ~ ", cast('9999-12-31' as date))") -}}
{% endmacro %}
