{#  Rank of a raw row among those of the same keys, the newest being 1: by when its version began, was changed or arrived,
    then by its place in the load. keys: list of columns beside connection; changed: the system's own column for the last
    change, where it has one. Timestamps of one landing sort as text. #}
{% macro version_order(keys, changed=none) %}
    {%- set moments = ['version_at'] + ([changed] if changed else []) + ['synced_at', "''"] -%}
    row_number() over (
        partition by connection, {{ keys | join(', ') }}
        order by coalesce({{ moments | join(', ') }}) desc, coalesce(row_number, 0) desc
    )
{%- endmacro %}
