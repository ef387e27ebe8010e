-- Question: what became of every loaded row? Grain: source and stream.
-- The parts add up to what was loaded.
{%- set statuses = [
    'used', 'superseded', 'deleted', 'expired', 'not_yet', 'rejected'
] %}
with

counted as (

    {% for stream in contract() if stream != 'version' -%}
    select
        coalesce(source, '(missing)') as source,
        '{{ stream }}' as stream,
        row_status,
        count(*) as n_rows,
        sum(n_other_values) as n_other_values
    from {{ ref('stg_' ~ stream ~ '__dated') }}
    group by coalesce(source, '(missing)'), row_status
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (

    select
        source,
        stream,
        cast(sum(n_rows) as {{ dbt.type_bigint() }}) as n_loaded,
        {% for status in statuses -%}
        cast(
            sum(case when row_status = '{{ status }}' then n_rows else 0 end)
            as {{ dbt.type_bigint() }}
        ) as n_{{ status }},
        {% endfor -%}
        cast(sum(n_other_values) as {{ dbt.type_bigint() }}) as n_other_values
    from counted
    group by source, stream

)

select * from final
