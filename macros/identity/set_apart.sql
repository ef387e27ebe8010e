{#  CTEs that end in `set_apart` (record_key): records that a person says are not another, or are its child, and those that
    people tie to them, or matching would come in through a third record. Chains of up to four links are followed.
    decisions, same_as: names of CTEs with record_key, other_record_key and decision. #}
{% macro records_set_apart(decisions, same_as) %}
{%- set n_links = 4 %}
set_apart_0 as (

    select distinct record_key
    from {{ decisions }}
    where decision <> 'same_as'

),
{% for link in range(1, n_links + 1) %}
set_apart_{{ link }} as (

    select record_key from set_apart_{{ link - 1 }}
    union distinct
    select tied.other_record_key
    from set_apart_{{ link - 1 }} as apart
    inner join {{ same_as }} as tied on apart.record_key = tied.record_key
    union distinct
    select tied.record_key
    from set_apart_{{ link - 1 }} as apart
    inner join {{ same_as }} as tied on apart.record_key = tied.other_record_key

),
{% endfor %}
set_apart as (

    select record_key from set_apart_{{ n_links }}

)
{%- endmacro %}
