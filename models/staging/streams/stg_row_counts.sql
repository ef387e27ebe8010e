-- Question: how many rows of which table met which fate in a stream?
-- Grain: source, table, stream and fate. A row without a source is counted too.
with

counted as (

    {% for stream in contract() if stream != 'version' -%}
    select
        coalesce(source, '(missing)') as source,
        coalesce(row_file, '(none)') as table_name,
        '{{ stream }}' as stream,
        row_status,
        count(*) as n_rows,
        sum(n_other_values) as n_other_values
    from {{ ref('stg_' ~ stream ~ '__dated') }}
    group by
        coalesce(source, '(missing)'), coalesce(row_file, '(none)'), row_status
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (

    select
        source,
        table_name,
        stream,
        row_status,
        {{ whole('n_rows') }} as n_rows,
        {{ whole('n_other_values') }} as n_other_values
    from counted

)

select * from final
