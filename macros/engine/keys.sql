{#  A surrogate key: hash of the parts as text, separated, null apart from empty. #}
{% macro surrogate_key(parts) %}
    {%- set texts = [] -%}
    {%- for part in parts -%}
        {%- do texts.append("coalesce(cast(" ~ part ~ " as " ~ type_text() ~ "), '~null~')") -%}
    {%- endfor -%}
    {{- return(dbt.hash(texts | join(" || '|' || "))) -}}
{% endmacro %}


{#  A key as a whole number: the first 60 bits of the surrogate key. Joins of many millions of rows take a third of the time
    that text takes. Two of a million records meet by chance with a probability of 4 in ten million (n * n / 2 ** 61), which
    the uniqueness test of the model would report. #}
{% macro number_key(parts) %}
    {{- return(adapter.dispatch('number_key')("substr(" ~ surrogate_key(parts) ~ ", 1, 15)")) -}}
{% endmacro %}

{% macro default__number_key(hexadecimal) %}
    {{- return("cast('0x' || " ~ hexadecimal ~ " as bigint)") -}}
{% endmacro %}

{% macro postgres__number_key(hexadecimal) %}
    {{- return("cast(cast('x0' || " ~ hexadecimal ~ " as bit(64)) as bigint)") -}}
{% endmacro %}

{% macro spark__number_key(hexadecimal) %}
    {{- return("cast(conv(" ~ hexadecimal ~ ", 16, 10) as bigint)") -}}
{% endmacro %}


{#  A number in [0, 1) that is the same for the same parts on every engine and in every build: the first 60 bits of the
    surrogate key. For assignment by chance that can be repeated. #}
{% macro stable_share(parts) %}
    {{- return("(cast(" ~ number_key(parts) ~ " as " ~ type_double() ~ ") / power(2, 60))") -}}
{% endmacro %}
