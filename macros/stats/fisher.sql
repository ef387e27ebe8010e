{#  Fisher's exact test, one-sided in the direction seen, of 2 x 2 tables in a set.
    tables: a CTE with the columns of key and a (with, kept), b (with, lost), c (without, kept), d (without, lost), whole
    numbers that add up to at most 1000. Gives CTEs that end in `fisher_tested`: key, fisher_p.
    Source: Fisher, Statistical Methods for Research Workers, 5th ed., 1934, sec. 21.02. #}
{% macro fisher_one_sided(tables, key) %}
fisher_numbers as (

    {{ dbt.generate_series(1001) }}

),

log_factorials as (

    select
        generated_number - 1 as number,
        sum(ln(greatest(generated_number - 1, 1))) over (
            order by generated_number rows between unbounded preceding and current row
        ) as value
    from fisher_numbers

),

fisher_outcomes as (

    select
        tables.{{ key }},
        tables.a,
        tables.a * tables.d >= tables.b * tables.c as is_upward,
        cells.number as cell,
        tables.a + tables.b as row_total,
        tables.a + tables.c as column_total,
        tables.a + tables.b + tables.c + tables.d as total
    from {{ tables }} as tables
    inner join log_factorials as cells
        on cells.number <= tables.a + tables.b
        and cells.number <= tables.a + tables.c
        and cells.number >= tables.a - tables.d

),

fisher_tested as (

    select
        outcomes.{{ key }},
        least(1, sum(exp(
            row_with.value + row_without.value + column_kept.value + column_lost.value - all_rows.value
            - cell_a.value - cell_b.value - cell_c.value - cell_d.value
        ))) as fisher_p
    from fisher_outcomes as outcomes
    inner join log_factorials as row_with on row_with.number = outcomes.row_total
    inner join log_factorials as row_without on row_without.number = outcomes.total - outcomes.row_total
    inner join log_factorials as column_kept on column_kept.number = outcomes.column_total
    inner join log_factorials as column_lost on column_lost.number = outcomes.total - outcomes.column_total
    inner join log_factorials as all_rows on all_rows.number = outcomes.total
    inner join log_factorials as cell_a on cell_a.number = outcomes.cell
    inner join log_factorials as cell_b on cell_b.number = outcomes.row_total - outcomes.cell
    inner join log_factorials as cell_c on cell_c.number = outcomes.column_total - outcomes.cell
    inner join log_factorials as cell_d
        on cell_d.number = outcomes.total - outcomes.row_total - outcomes.column_total + outcomes.cell
    where
        (outcomes.is_upward and outcomes.cell >= outcomes.a)
        or (not outcomes.is_upward and outcomes.cell <= outcomes.a)
    group by outcomes.{{ key }}

)
{%- endmacro %}
