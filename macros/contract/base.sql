{#  Select the declared columns of a raw table as text: a column the landing lacks is null, one nobody declared is left
    alone, and a connector that is off gives no rows. Only base models call this, because it looks at the live relation.
    connector, table: names in the connector's sources; columns: list of column names. #}
{% macro base_columns(connector, table, columns) %}
    {%- set relation = source(connector, table) -%}
    {%- set live = [] -%}
    {%- set is_on = connector in var('connectors') -%}
    {%- if execute and is_on -%}
        {%- if load_relation(relation) is none -%}
            {{ exceptions.raise_compiler_error(
                "Connector '" ~ connector ~ "' is on (var `connectors`) but its table " ~ relation
                ~ " is missing. Load it (python -m scripts load), or take '" ~ connector
                ~ "' out of the var `connectors`."
            ) }}
        {%- endif -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- do live.append(column.name | lower) -%}
        {%- endfor -%}
    {%- endif -%}
    select
        {% for name in columns -%}
        {%- if name in live -%}
        cast({{ adapter.quote(name) }} as {{ type_text() }}) as {{ name }},
        {% else -%}
        cast(null as {{ type_text() }}) as {{ name }},
        {% endif -%}
        {%- endfor -%}
        {%- if '_file' in live -%}
        cast(_file as {{ type_text() }}) as row_file,
        cast(_row as {{ dbt.type_bigint() }}) as row_number
        {%- else -%}
        cast(null as {{ type_text() }}) as row_file,
        cast(null as {{ dbt.type_bigint() }}) as row_number
        {%- endif %}
    {{ 'from ' ~ relation if is_on else 'where 1 = 0' }}
{% endmacro %}


{#  A stream that lands in contract form. #}
{% macro base_stream(connector, stream) %}
    {{- base_columns(connector, stream, stream_columns(stream) | map(attribute='name') | list) -}}
{% endmacro %}
