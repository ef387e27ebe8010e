{#  What a contract term has brought so far: ARR x years. arr: SQL, a year's amount in the reporting currency; from_date
    and until_date: SQL dates, the first day that counts and the first that does not. A year has 365.25 days. Nothing where
    the term has not begun.
    Source: historical customer lifetime value; Gupta & Lehmann, Managing customers as investments, 2005, ch. 2. #}
{% macro lifetime_value(arr, from_date, until_date) %}
    {%- set days = dbt.datediff(from_date, until_date, 'day') -%}
    ({{ arr }}) * case when {{ days }} > 0 then {{ days }} else 0 end / 365.25
{%- endmacro %}


{#  Net promoter score: promoters less detractors among the answers, in points from -100 to 100; null without answers.
    score: SQL, 0 to 10. An aggregate.
    Source: Reichheld, The one number you need to grow, Harvard Business Review, 2003. #}
{% macro net_promoter_score(score) -%}
    100 * cast(
        sum(case when {{ score }} >= {{ rule('promoter_from') }} then 1 else 0 end)
        - sum(case when {{ score }} <= {{ rule('nps_detractor_to') }} then 1 else 0 end)
        as {{ type_double() }}
    ) / nullif(count({{ score }}), 0)
{%- endmacro %}


{#  What a yearly amount brings over the days that a customer is expected to stay (a restricted mean). arr, days: SQL. A year
    has 365.25 days. Not discounted.
    Source: expected customer lifetime value by survival; Gupta & Lehmann, Managing customers as investments, 2005, ch. 2. #}
{% macro expected_value(arr, days) %}
    {{- return("(" ~ arr ~ ") * (" ~ days ~ ") / 365.25") -}}
{% endmacro %}


{#  Months (SQL) as days of 365.25 / 12. #}
{% macro months_in_days(months) %}
    {{- return("(" ~ months ~ ") * 365.25 / 12") -}}
{% endmacro %}
