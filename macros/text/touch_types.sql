{#  The touch type that a title tells of, by the words in the seed touch_words: a select with title and touch_type, one row a
    title in which a phrase stands as whole words. Of several phrases the one with the least priority number counts, then
    the longest. Titles in which none stands are not there: the touch is `other`.
    relation, column: where the titles are, by the name of a CTE or a ref. #}
{% macro touch_types_of_titles(relation, column) %}
    select title, touch_type
    from (
        select
            titles.title,
            words.touch_type,
            row_number() over (
                partition by titles.title
                order by words.priority, length(words.phrase) desc, words.phrase
            ) as word_order
        from (
            select
                {{ column }} as title,
                ' ' || {{ normalise_name(column) }} || ' ' as spaced
            from {{ relation }}
            where {{ column }} is not null
            group by {{ column }}
        ) as titles
        inner join {{ ref('touch_words') }} as words
            on titles.spaced like '% ' || words.phrase || ' %'
    ) as found
    where word_order = 1
{%- endmacro %}
