{#  Select of the rows that count of all streams with a date, by source, stream and day: source, stream, row_date, last_at
    (last moment of the day), n_rows, n_values (optional values that could have been given) and n_empty (those that were
    not). Values that a later fact fills in, and the twins of references, are left out: they are empty by nature. #}
{% macro stream_days() %}
    {%- set dated = [] -%}
    {%- for stream, definition in contract().items() if stream != 'version' and 'at' in definition -%}
        {%- do dated.append(stream) -%}
    {%- endfor -%}
    {%- for stream in dated -%}
    {%- set definition = contract()[stream] -%}
    {%- set filled_later = [definition.at, 'updated_at', 'is_deleted', 'retain_until'] -%}
    {%- for names in definition.get('mask', {}).values() -%}
        {%- do filled_later.extend(names.keys() | list) -%}
    {%- endfor -%}
    {%- set columns = [] -%}
    {%- for column in stream_columns(stream) if column.name not in filled_later
        and not column.required and 'twin_of' not in column and 'required_unless' not in column -%}
        {%- do columns.append(column.name) -%}
    {%- endfor %}
    select
        source,
        '{{ stream }}' as stream,
        cast({{ definition.at }} as date) as row_date,
        cast(max({{ definition.at }}) as {{ dbt.type_timestamp() }}) as last_at,
        count(*) as n_rows,
        {{ columns | length }} * count(*) as n_values,
        {{ columns | length }} * count(*){% for name in columns %} - count({{ name }}){% endfor %} as n_empty
    from {{ ref('stg_' ~ stream ~ '__dated') }}
    where row_status = 'used' and {{ definition.at }} is not null
    group by source, cast({{ definition.at }} as date)
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
