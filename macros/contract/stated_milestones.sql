{#  Milestones out of a relation that has a column for each of the contract's, filled where the company states that date:
    a select with connection, record_id, milestone, occurred_at, changed_at, is_gone, row_file and row_number, one row a
    record and milestone. relation: name of a CTE; id: its column with the record's id. #}
{% macro stated_milestones(relation, id) %}
    {%- for milestone in contract().milestones.columns.milestone['values'] %}
    select
        connection,
        {{ id }} as record_id,
        '{{ milestone }}' as milestone,
        {{ milestone }} as occurred_at,
        changed_at,
        is_gone,
        row_file,
        row_number
    from {{ relation }}
    where {{ milestone }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
