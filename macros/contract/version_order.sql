{#  Rank of a raw row among those of the same keys, the newest being 1: by when its version began or arrived, then by its
    place in the load. keys: list of columns beside connection. Timestamps of one landing sort as text. #}
{% macro version_order(keys) %}
    row_number() over (
        partition by connection, {{ keys | join(', ') }}
        order by coalesce(version_at, synced_at, '') desc, coalesce(row_number, 0) desc
    )
{%- endmacro %}
