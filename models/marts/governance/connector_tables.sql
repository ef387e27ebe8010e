-- Question: what became of the rows of each raw table, stream by stream?
-- Grain: source, table and stream. A table that only serves others has stream `(none)`.
{%- set statuses = [
    'used', 'superseded', 'deleted', 'expired', 'not_yet', 'rejected'
] %}
with

tables as (

    select
        source,
        table_name,
        max(n_rows) as n_table_rows
    from {{ ref('connector_columns') }}
    group by source, table_name

),

fates as (

    select
        source,
        table_name,
        stream,
        {% for status in statuses -%}
        sum(case when row_status = '{{ status }}' then n_rows else 0 end)
            as n_{{ status }},
        {% endfor -%}
        sum(n_rows) as n_loaded
    from {{ ref('stg_row_counts') }}
    group by source, table_name, stream

),

final as (

    select
        tables.source,
        tables.table_name,
        coalesce(fates.stream, '(none)') as stream,
        {% for status in statuses -%}
        {{ whole('coalesce(fates.n_' ~ status ~ ', 0)') }} as n_{{ status }},
        {% endfor -%}
        {{ whole('coalesce(fates.n_loaded, 0)') }} as n_stream_rows,
        tables.n_table_rows
    from tables
    left join fates
        on tables.source = fates.source and tables.table_name = fates.table_name

)

select * from final
