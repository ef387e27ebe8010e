{#  A surrogate key: hash of the parts as text, separated, null apart from empty. #}
{% macro surrogate_key(parts) %}
    {%- set texts = [] -%}
    {%- for part in parts -%}
        {%- do texts.append("coalesce(cast(" ~ part ~ " as " ~ type_text() ~ "), '~null~')") -%}
    {%- endfor -%}
    {{- return(dbt.hash(texts | join(" || '|' || "))) -}}
{% endmacro %}
