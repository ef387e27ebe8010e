{#  Text at a path inside JSON text; null where the path is not there. path: list of keys. #}
{% macro json_text(json, path) %}
    {{- return(adapter.dispatch('json_text')(json, path)) -}}
{% endmacro %}
{% macro default__json_text(json, path) %}
    {{- return("json_extract_string(cast(" ~ json ~ " as text), '$.\"" ~ path | join('"."') ~ "\"')") -}}
{% endmacro %}
{% macro postgres__json_text(json, path) %}
    {{- return("(cast(cast(" ~ json ~ " as text) as json) #>> '{" ~ path | join(',') ~ "}')") -}}
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
    select listed.* exclude (elements), cast(unnest(listed.elements) as text) as element
    from (
        select {{ relation }}.*, from_json({{ column }}, '["JSON"]') as elements
        from {{ relation }}
        where {{ column }} like '[%'
    ) as listed
{% endmacro %}
{% macro postgres__json_elements(relation, column) %}
    select {{ relation }}.*, cast(listed.element as text) as element
    from {{ relation }}
    cross join lateral json_array_elements(
        case when {{ column }} like '[%' then cast({{ column }} as json) else cast('[]' as json) end
    ) as listed (element)
{% endmacro %}
{% macro spark__json_elements(relation, column) %}
    select {{ relation }}.*, listed.element
    from {{ relation }}
    lateral view explode(from_json({{ column }}, 'array<string>')) listed as element
    where {{ column }} like '[%'
{% endmacro %}
