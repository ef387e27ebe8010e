{#  Column types, by engine. #}
{% macro type_text() %}{{ return(adapter.dispatch('type_text')()) }}{% endmacro %}
{% macro default__type_text() %}{{ return('text') }}{% endmacro %}
{% macro spark__type_text() %}{{ return('string') }}{% endmacro %}

{% macro type_double() %}{{ return(adapter.dispatch('type_double')()) }}{% endmacro %}
{% macro default__type_double() %}{{ return('double') }}{% endmacro %}
{% macro postgres__type_double() %}{{ return('double precision') }}{% endmacro %}


{#  Override of dbt's own: Spark's `timestamp` depends on the session's time zone. #}
{% macro spark__type_timestamp() %}{{ return('timestamp_ntz') }}{% endmacro %}


{#  Contracts and seeds name their types as the project does (text, double, bigint, boolean, date, timestamp); the
    overrides of dbt's own macros below put the engine's name in. #}
{% macro engine_type(type) %}
    {{ return({
        'text': type_text(),
        'double': type_double(),
        'double precision': type_double(),
        'timestamp': dbt.type_timestamp(),
    }.get(type, type)) }}
{% endmacro %}

{% macro engine_columns(columns) %}
    {%- set translated = {} -%}
    {%- for name, column in columns.items() -%}
        {%- do translated.update({name: dict(column, data_type=engine_type(column.data_type))}) -%}
    {%- endfor -%}
    {{ return(translated) }}
{% endmacro %}

{% macro postgres__get_empty_schema_sql(columns) %}
    {{ return(dbt.default__get_empty_schema_sql(engine_columns(columns))) }}
{% endmacro %}

{% macro spark__get_empty_schema_sql(columns) %}
    {{ return(dbt.default__get_empty_schema_sql(engine_columns(columns))) }}
{% endmacro %}

{% macro postgres__get_table_columns_and_constraints() %}
    (
    {%- for column in model['columns'].values() %}
        {{ column.name }} {{ engine_type(column.data_type) }}{{ ',' if not loop.last }}
    {%- endfor %}
    )
{% endmacro %}


{#  A number rounded to six places, so that engines agree on it to the last digit. Magnitudes below a hundred million. #}
{% macro twelve_places(number) %}
    {{- return("cast(cast(" ~ number ~ " as decimal(28, 12)) as " ~ type_double() ~ ")") -}}
{% endmacro %}
{% macro six_places(number) %}
    {{- return("cast(cast(" ~ number ~ " as decimal(14, 6)) as " ~ type_double() ~ ")") -}}
{% endmacro %}
