{#  A system's own word as the contract's, by the seed source_values. A word the seed does not know stays as it is (the
    stream then keeps it as `other`, and counts it), or reads as `otherwise`.
    connector: whose words; column: stream.column of the contract; text, otherwise: SQL. #}
{% macro translated(connector, column, text, otherwise=none) %}
    coalesce(
        (
            select max(words.value)
            from {{ ref('source_values') }} as words
            where words.connector = '{{ connector }}'
                and words.stream_column = '{{ column }}'
                and words.source_value = lower(trim({{ text }}))
        ),
        {{ otherwise or text }}
    )
{%- endmacro %}
