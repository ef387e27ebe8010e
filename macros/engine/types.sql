{#  Column types, by engine. #}
{% macro type_text() %}{{ return(adapter.dispatch('type_text')()) }}{% endmacro %}
{% macro default__type_text() %}{{ return('text') }}{% endmacro %}
{% macro spark__type_text() %}{{ return('string') }}{% endmacro %}

{% macro type_double() %}{{ return(adapter.dispatch('type_double')()) }}{% endmacro %}
{% macro default__type_double() %}{{ return('double') }}{% endmacro %}
{% macro postgres__type_double() %}{{ return('double precision') }}{% endmacro %}


{#  Contracts name their types as the project does (text, double, bigint, boolean, date, timestamp); these two overrides
    of dbt's own macros put the engine's name in. #}
{% macro engine_type(type) %}
    {{ return({'text': type_text(), 'double': type_double()}.get(type, type)) }}
{% endmacro %}

{% macro postgres__get_empty_schema_sql(columns) %}
    {%- set translated = {} -%}
    {%- for name, column in columns.items() -%}
        {%- do translated.update({name: dict(column, data_type=engine_type(column.data_type))}) -%}
    {%- endfor -%}
    {{ return(dbt.default__get_empty_schema_sql(translated)) }}
{% endmacro %}

{% macro postgres__get_table_columns_and_constraints() %}
    (
    {%- for column in model['columns'].values() %}
        {{ column.name }} {{ engine_type(column.data_type) }}{{ ',' if not loop.last }}
    {%- endfor %}
    )
{% endmacro %}
