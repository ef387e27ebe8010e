-- Question: what day is it for this build? Grain: one row. The var as_of_date, else the
-- newest observed date among rows that were not rejected: when something happened, or a
-- row was last changed. Planned dates do not count.
{% set given = var('as_of_date') %}
with

observed as (

    {% if given is not none -%}
    select cast('{{ given }}' as date) as observed_date
    {%- else -%}
    {%- for stream, definition in contract().items() if stream != 'version' %}
    {%- set outer_last = loop.last -%}
    {%- for column in observed_columns(stream) %}
    select max(cast({{ column }} as date)) as observed_date
    from {{ ref('stg_' ~ stream ~ '__checked') }}
    where reject_reason is null
    {{ 'union all' if not (outer_last and loop.last) }}
    {%- endfor %}
    {%- endfor %}
    {%- endif %}

),

final as (

    select max(observed_date) as as_of_date
    from observed

)

select * from final
