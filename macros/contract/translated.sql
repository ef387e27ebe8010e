{#  A system's own word as the contract's, by the seed source_values. A word the seed does not know stays as it is (the
    stream then keeps it as `other`, and counts it), or reads as `otherwise`.
    connector: whose words; column: stream.column of the contract; text, otherwise: SQL. #}
{% macro translated(connector, column, text, otherwise=none) %}
    coalesce(
        (
            select max(known_words.known_meaning)
            from (
                select source_value as known_word, value as known_meaning
                from {{ ref('source_values') }}
                where connector = '{{ connector }}' and stream_column = '{{ column }}'
            ) as known_words
            where known_words.known_word = lower(trim({{ text }}))
        ),
        {{ otherwise or text }}
    )
{%- endmacro %}
