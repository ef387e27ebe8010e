{#  A system's own word as the contract's, by the seed source_values; a word the seed does not know stays as it is (the
    stream then keeps it as `other`, and counts it).
    connector: whose words; column: stream.column of the contract; text: SQL for the system's word. #}
{% macro translated(connector, column, text) %}
    coalesce(
        (
            select max(words.value)
            from {{ ref('source_values') }} as words
            where words.connector = '{{ connector }}'
                and words.stream_column = '{{ column }}'
                and words.source_value = lower(trim({{ text }}))
        ),
        {{ text }}
    )
{%- endmacro %}
