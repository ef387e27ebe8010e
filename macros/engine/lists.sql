{#  Texts of a group in one, separated, in the order of a column. #}
{% macro ordered_list(text, separator, order_by) %}
    {{- return(adapter.dispatch('ordered_list')(text, separator, order_by)) -}}
{% endmacro %}
{% macro default__ordered_list(text, separator, order_by) %}
    {{- return("string_agg(" ~ text ~ ", '" ~ separator ~ "' order by " ~ order_by ~ ")") -}}
{% endmacro %}
{% macro spark__ordered_list(text, separator, order_by) %}
    {{- return("listagg(" ~ text ~ ", '" ~ separator ~ "') within group (order by " ~ order_by ~ ")") -}}
{% endmacro %}
