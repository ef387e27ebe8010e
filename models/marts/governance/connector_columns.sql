-- Question: does each connector find in the landing what it reads?
-- Grain: source, table and column. Files in contract form are checked as they load.
with

found as (

    {% for connector, read in connectors().items() if read.tables -%}
    {{ 'union all' if not loop.first }}
    select
        '{{ connector }}' as connector,
        source,
        table_name,
        column_name,
        live_name,
        live_type,
        is_required,
        is_custom,
        n_rows,
        n_filled
    from {{ ref('base_' ~ connector ~ '__columns') }}
    {% endfor %}
),

final as (

    select
        connector,
        source,
        table_name,
        column_name,
        live_name,
        live_type,
        is_required,
        is_custom,
        live_name is not null as is_present,
        n_rows,
        n_filled,
        case
            when live_name is not null and n_rows > 0
                then 1 - cast(n_filled as {{ type_double() }}) / n_rows
        end as null_rate,
        case
            when live_name is null and is_custom then 'not_mapped'
            when live_name is null then 'missing'
            when n_filled = 0 then 'empty'
            else 'filled'
        end as status
    from found

)

select * from final
