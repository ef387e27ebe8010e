{#  Keys without exactly one row in force (valid_to empty). #}
{% test one_in_force(model, key) %}
select
    {{ key }},
    count(valid_to) as n_replaced,
    count(*) as n_rows
from {{ model }}
group by {{ key }}
having count(*) - count(valid_to) <> 1
{% endtest %}
