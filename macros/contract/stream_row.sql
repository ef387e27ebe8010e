{#  The select list of a stream's row as text, in the contract's order: given expressions by column name, null for the
    rest. Raises on a column the stream does not have. #}
{% macro stream_row(stream, given) %}
    {%- set names = stream_columns(stream) | map(attribute='name') | list -%}
    {%- for name in given if name not in names -%}
        {{ exceptions.raise_compiler_error("Stream '" ~ stream ~ "' has no column '" ~ name ~ "'.") }}
    {%- endfor -%}
    {%- for name in names %}
        cast({{ given.get(name, 'null') }} as {{ type_text() }}) as {{ name }},
    {%- endfor %}
        row_file,
        row_number
{%- endmacro %}
