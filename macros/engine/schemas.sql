{#  Schemas are named as dbt_project.yml names them (staging, intermediate, marts, restricted, rules). A target whose own
    schema is not the engine's default puts that name in front, so that several people can build in one database. #}
{% macro generate_schema_name(custom_schema_name, node) %}
    {%- if custom_schema_name is none -%}
        {{ target.schema }}
    {%- elif target.schema in ['main', 'public', 'default'] -%}
        {{ custom_schema_name | trim }}
    {%- else -%}
        {{ target.schema }}_{{ custom_schema_name | trim }}
    {%- endif -%}
{% endmacro %}
