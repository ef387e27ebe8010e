{#  Text at a path inside JSON text; null where the path is not there. path: list of keys. #}
{% macro json_text(json, path) %}
    {{- return(adapter.dispatch('json_text')(json, path)) -}}
{% endmacro %}
{% macro default__json_text(json, path) %}
    {{- return("json_extract_string(cast(" ~ json ~ " as text), '$.\"" ~ path | join('"."') ~ "\"')") -}}
{% endmacro %}
{% macro postgres__json_text(json, path) %}
    {%- set text = "cast(" ~ json ~ " as text)" -%}
    {{- return("(cast(case when " ~ text ~ " like '{%' then " ~ text ~ " end as json) #>> '{" ~ path | join(',') ~ "}')") -}}
{% endmacro %}
{% macro spark__json_text(json, path) %}
    {{- return("get_json_object(cast(" ~ json ~ " as string), '$." ~ path | join('.') ~ "')") -}}
{% endmacro %}


{#  Rows of a relation with one row for each element of a column that holds a JSON array as text: all columns of the
    relation, and `element` (JSON text). Rows whose array is empty or null give none. #}
{% macro json_elements(relation, column) %}
    {{- return(adapter.dispatch('json_elements')(relation, column)) -}}
{% endmacro %}
{% macro default__json_elements(relation, column) %}
    select json_array.* exclude (elements), cast(unnest(json_array.elements) as text) as element
    from (
        select {{ relation }}.*, from_json({{ column }}, '["JSON"]') as elements
        from {{ relation }}
        where {{ column }} like '[%'
    ) as json_array
{% endmacro %}
{% macro postgres__json_elements(relation, column) %}
    select {{ relation }}.*, cast(json_array.element as text) as element
    from {{ relation }}
    cross join lateral json_array_elements(
        case when {{ column }} like '[%' then cast({{ column }} as json) else cast('[]' as json) end
    ) as json_array (element)
{% endmacro %}
{% macro spark__json_elements(relation, column) %}
    select {{ relation }}.*, json_array.element
    from {{ relation }}
    lateral view explode(from_json({{ column }}, 'array<string>')) json_array as element
    where {{ column }} like '[%'
{% endmacro %}


{#  Text of the first element of a column that holds a JSON array as text; null where it holds none. #}
{% macro json_first(json) %}
    {{- return(adapter.dispatch('json_first')(json)) -}}
{% endmacro %}
{% macro default__json_first(json) %}
    {{- return("json_extract_string(" ~ json ~ ", '$[0]')") -}}
{% endmacro %}
{% macro postgres__json_first(json) %}
    {{- return("(cast(case when " ~ json ~ " like '[%' then " ~ json ~ " end as json) ->> 0)") -}}
{% endmacro %}
{% macro spark__json_first(json) %}
    {{- return("get_json_object(" ~ json ~ ", '$[0]')") -}}
{% endmacro %}


{#  The value of the entry with an id in JSON text of an array of objects with `id` and `value`; null where there is
    none. #}
{% macro json_entry(json, id) %}
    {{- return(adapter.dispatch('json_entry')(json, id)) -}}
{% endmacro %}
{% macro default__json_entry(json, id) %}
    (
        select max(json_extract_string(listed.entry, '$.value'))
        from (select unnest(from_json(cast({{ json }} as text), '["JSON"]')) as entry) as listed
        where json_extract_string(listed.entry, '$.id') = '{{ id }}'
    )
{%- endmacro %}
{% macro postgres__json_entry(json, id) %}
    (
        select max(listed.entry ->> 'value')
        from json_array_elements(cast(cast({{ json }} as text) as json)) as listed (entry)
        where listed.entry ->> 'id' = '{{ id }}'
    )
{%- endmacro %}
{% macro spark__json_entry(json, id) %}
    filter(
        from_json(cast({{ json }} as string), 'array<struct<id: string, value: string>>'),
        listed -> listed.id = '{{ id }}'
    )[0].value
{%- endmacro %}
