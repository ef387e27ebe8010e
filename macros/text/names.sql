{#  A key that people type, as seeds write it: lower case with underscores. #}
{% macro typed_key(text) %}
    {{- return("replace(lower(trim(" ~ text ~ ")), ' ', '_')") -}}
{% endmacro %}
