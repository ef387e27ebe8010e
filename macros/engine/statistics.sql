{#  Statement after each table that lets the engine plan the next join; PostgreSQL gathers no statistics by itself while a
    build runs. #}
{% macro refresh_statistics() %}{{ return(adapter.dispatch('refresh_statistics')()) }}{% endmacro %}
{% macro default__refresh_statistics() %}{% endmacro %}
{% macro postgres__refresh_statistics() %}
    {%- if model.config.materialized != 'view' -%}analyze {{ this }}{%- endif -%}
{% endmacro %}
