{#  The declared columns of a raw table as text, from every connection of the system, whatever way it landed.

    A column is found by its declared name or one of its `also` names in the sources' YAML, without regard to case and
    underscores; `properties:name` reads the key of a JSON column, `custom_fields[360001]` the value of the entry with
    that id in a JSON array of ids and values. The vars <connector>_names and
    <connector>_custom_fields come first. A column the landing lacks is null; a required one is an error. Columns nobody
    declared are left alone. A connector that is off, and a table the var <connector>_without names, give no rows.

    Beside the declared columns: connection (the `source` of the rows), synced_at (when the row arrived), version_at
    (when this version began, where the landing keeps history), is_removed (the landing's mark of a deleted row),
    row_file (the table), row_number (where the loader knows it). Only base models call this: it looks at live relations. #}
{% macro base_table(connector, table) %}
    {%- set lineage = source(connector, table) -%}
    {%- set declared = declared_table(connector, table) -%}
    {%- set selects = [] -%}
    {%- if execute and connector in var('connectors') and table not in connector_setting(connector, 'without', []) -%}
        {%- for connection in connections(connector) -%}
            {%- set relation = live_table(connector, table, connection) -%}
            {%- if relation is none -%}
                {{ exceptions.raise_compiler_error(missing_tables(connector, connection, [table])) }}
            {%- endif -%}
            {%- do selects.append(base_select(connector, declared, connection, relation)) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if selects -%}
        {{ selects | join('\nunion all\n') }}
    {%- else -%}
        select
            {% for name in (declared.columns.keys() if declared else []) | list + landing_columns().keys() | list -%}
            cast(null as {{ type_text() }}) as {{ name }},
            {% endfor -%}
            cast(null as {{ type_text() }}) as connection,
            cast(null as {{ type_text() }}) as row_file,
            cast(null as {{ dbt.type_bigint() }}) as row_number
        where 1 = 0
    {%- endif -%}
{% endmacro %}


{#  What loaders add to every table, and the names they give it. #}
{% macro landing_columns() %}
    {{ return({
        'synced_at': ['_fivetran_synced', '_airbyte_extracted_at', '_airbyte_emitted_at', '_sdc_batched_at', 'loaded_at'],
        'version_at': ['_fivetran_start'],
        'is_removed': ['_fivetran_deleted'],
    }) }}
{% endmacro %}


{% macro base_select(connector, declared, connection, relation) %}
    {%- set live = live_columns(relation) -%}
    select
        {% for name, column in declared.columns.items() -%}
        {%- set found = live_column(connector, declared.name, column, live) -%}
        {%- if found is none and column.config.meta.get('required') -%}
            {{ exceptions.raise_compiler_error(
                "Connector '" ~ connector ~ "': table " ~ relation ~ " has no column '" ~ name
                ~ "', which is required. Load it, or name the column it is in var `" ~ connector ~ "_names`: {"
                ~ declared.name ~ "." ~ name ~ ": <live column>}. It has " ~ live.values() | map(attribute='name') | sort | join(', ') ~ "."
            ) }}
        {%- endif -%}
        cast({{ found.sql if found else 'null' }} as {{ type_text() }}) as {{ name }},
        {% endfor -%}
        {% for name, known in landing_columns().items() -%}
        cast({{ (first_live(known, live) or {'sql': 'null'}).sql }} as {{ type_text() }}) as {{ name }},
        {% endfor -%}
        cast('{{ connection.source }}' as {{ type_text() }}) as connection,
        cast('{{ declared.name }}' as {{ type_text() }}) as row_file,
        cast({{ (first_live(['_row'], live) or {'sql': 'null'}).sql }} as {{ dbt.type_bigint() }}) as row_number
    from {{ relation }}
{% endmacro %}


{#  Columns of a live relation by squashed name. #}
{% macro live_columns(relation) %}
    {%- set live = {} -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do live.update({squashed(column.name): column}) -%}
    {%- endfor -%}
    {{ return(live) }}
{% endmacro %}


{#  How a declared column is read from a live table (its live_columns), as first_live gives it, or none. #}
{% macro live_column(connector, table, column, live) %}
    {%- set names = connector_setting(connector, 'names', {}) -%}
    {%- set fields = connector_setting(connector, 'custom_fields', {}) -%}
    {%- set key = table ~ '.' ~ column.name -%}
    {%- set given = fields.get(key, fields.get(column.name)) if column.config.meta.get('custom') else names.get(key) -%}
    {%- if given is not none -%}
        {%- set found = first_live([given], live) -%}
        {%- if found is none -%}
            {{ exceptions.raise_compiler_error(
                "Connector '" ~ connector ~ "': var `" ~ connector
                ~ ('_custom_fields' if column.config.meta.get('custom') else '_names') ~ "` reads '" ~ column.name
                ~ "' from column '" ~ given ~ "', which table '" ~ table ~ "' does not have. It has "
                ~ live.values() | map(attribute='name') | sort | join(', ') ~ "."
            ) }}
        {%- endif -%}
        {{ return(found) }}
    {%- endif -%}
    {%- if column.config.meta.get('custom') -%}{{ return(none) }}{%- endif -%}
    {{ return(first_live([column.name] + column.config.meta.get('also', []), live)) }}
{% endmacro %}


{#  The first of some names that a live table has, as {name, sql, type}, or none; `column:key.key` and
    `column[id]` read inside a JSON column. #}
{% macro first_live(names, live) %}
    {%- for name in names -%}
        {%- set is_entry = name.endswith(']') and '[' in name -%}
        {%- set parts = [name.split('[')[0], name.split('[')[1][:-1]] if is_entry else name.split(':') -%}
        {%- set found = live.get(squashed(parts[0])) -%}
        {%- if found is not none -%}
            {%- set quoted = adapter.quote(found.name) -%}
            {%- if parts | length == 1 -%}
                {{ return({'name': found.name, 'sql': quoted, 'type': found.dtype}) }}
            {%- endif -%}
            {%- set inside = json_entry(quoted, parts[1]) if is_entry else json_text(quoted, parts[1].split('.')) -%}
            {{ return({'name': name | replace(parts[0], found.name, 1), 'sql': inside, 'type': 'json'}) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}


{#  What each declared column of a connector is in this landing: whether it is there, under which name and type, and how
    much of it is filled. Grain: connection, table and column. #}
{% macro base_columns_found(connector) %}
    {%- set selects = [] -%}
    {%- for table in connectors()[connector].tables -%}
        {%- set lineage = source(connector, table) -%}
        {%- if execute and connector in var('connectors') -%}
            {%- for connection in connections(connector) -%}
                {%- do selects.append(columns_found(connector, declared_table(connector, table), connection)) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if selects -%}
        {{ selects | join('\nunion all\n') }}
    {%- else -%}
        select
            {% for name in ['source', 'table_name', 'column_name', 'live_name', 'live_type'] -%}
            cast(null as {{ type_text() }}) as {{ name }},
            {% endfor -%}
            cast(null as boolean) as is_required,
            cast(null as boolean) as is_custom,
            cast(null as {{ dbt.type_bigint() }}) as n_rows,
            cast(null as {{ dbt.type_bigint() }}) as n_filled
        where 1 = 0
    {%- endif -%}
{% endmacro %}


{% macro columns_found(connector, declared, connection) %}
    {%- set absent = declared.name in connector_setting(connector, 'without', []) -%}
    {%- set relation = none if absent else live_table(connector, declared.name, connection) -%}
    {%- set live = live_columns(relation) if relation is not none else {} -%}
    {%- set found = {} -%}
    {%- for name, column in declared.columns.items() -%}
        {%- do found.update({name: live_column(connector, declared.name, column, live) if relation is not none else none}) -%}
    {%- endfor -%}
    select
        '{{ connection.source }}' as source,
        '{{ declared.name }}' as table_name,
        columns.column_name,
        columns.live_name,
        columns.live_type,
        columns.is_required,
        columns.is_custom,
        {{ 'cast(0 as ' ~ dbt.type_bigint() ~ ')' if relation is none else 'counted.n_rows' }} as n_rows,
        {% if relation is none -%}
        cast(0 as {{ dbt.type_bigint() }})
        {%- else -%}
        case columns.column_name
            {% for name, column in found.items() if column is not none -%}
            when '{{ name }}' then counted.n_{{ loop.index }}
            {% endfor -%}
            else cast(0 as {{ dbt.type_bigint() }})
        end
        {%- endif %} as n_filled
    from (
        {% for name, column in declared.columns.items() -%}
        select
            '{{ name }}' as column_name,
            {%- set live_name = dbt.string_literal(found[name].name) if found[name] else 'null' %}
            cast({{ live_name }} as {{ type_text() }}) as live_name,
            {%- set live_type = dbt.string_literal(found[name].type) if found[name] else 'null' %}
            cast({{ live_type }} as {{ type_text() }}) as live_type,
            {{ 'true' if column.config.meta.get('required') else 'false' }} as is_required,
            {{ 'true' if column.config.meta.get('custom') else 'false' }} as is_custom
        {{ 'union all ' if not loop.last }}
        {%- endfor %}
    ) as columns
    {%- if relation is not none %}
    cross join (
        select
            {% for name, column in found.items() if column is not none -%}
            count({{ column.sql }}) as n_{{ loop.index }},
            {% endfor -%}
            count(*) as n_rows
        from {{ relation }}
    ) as counted
    {%- endif %}
{% endmacro %}
