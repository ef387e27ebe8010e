{#  Names of the tables and views in a schema, in the case they are stored in. Only while executing. #}
{% macro schema_tables(database, schema) %}
    {{ return(adapter.dispatch('schema_tables')(database, schema)) }}
{% endmacro %}
{% macro default__schema_tables(database, schema) %}
    {{ return(run_query(
        "select table_name from information_schema.tables where lower(table_schema) = '" ~ schema | lower
        ~ "' and lower(table_catalog) = '" ~ database | lower ~ "'"
    ).columns[0].values()) }}
{% endmacro %}
{% macro spark__schema_tables(database, schema) %}
    {%- set found = run_query("show schemas like '" ~ schema ~ "'") -%}
    {{ return(run_query("show tables in " ~ schema).columns[1].values() if found | length else []) }}
{% endmacro %}
