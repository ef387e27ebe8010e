-- Question: what became of every loaded row? Grain: source and stream.
-- The parts add up to what was loaded.
{%- set statuses = [
    'used', 'superseded', 'deleted', 'expired', 'not_yet', 'rejected'
] %}
with

counted as (

    select * from {{ ref('stg_row_counts') }}

),

final as (

    select
        source,
        stream,
        {{ whole('sum(n_rows)') }} as n_loaded,
        {% for status in statuses -%}
        {{ whole(
            "sum(case when row_status = '" ~ status ~ "' then n_rows else 0 end)"
        ) }} as n_{{ status }},
        {% endfor -%}
        {{ whole('sum(n_other_values)') }} as n_other_values
    from counted
    group by source, stream

)

select * from final
