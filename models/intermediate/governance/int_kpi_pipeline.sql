-- Question: how much of the pipeline created in the window do partners source, or sell
-- with us? Grain: month-end, measure and cohort (segment, and `all`). A deal counts
-- once: one that a partner sourced is not co-sold.
with

month_ends as (

    select
        as_of_date,
        {{ add_months('as_of_date', '-1 * ' ~ rule('kpi_window_months')) }}
            as window_from_date
    from {{ ref('int_month_ends') }}

),

partnered_deals as (

    select * from {{ ref('int_deals_partnered') }}

),

deals as (

    select partnered_deals.*, segment as cohort from partnered_deals
    union all
    select partnered_deals.*, 'all' as cohort from partnered_deals

),

created as (

    select
        month_ends.as_of_date,
        deals.cohort,
        deals.amount,
        case
            when deals.sourced_date <= month_ends.as_of_date then 'sourced'
            when deals.cosold_date <= month_ends.as_of_date then 'cosold'
            else 'own'
        end as origin
    from deals
    inner join month_ends
        on deals.created_date > month_ends.window_from_date
        and deals.created_date <= month_ends.as_of_date

),

summed as (

    select
        as_of_date,
        cohort,
        count(*) as n,
        sum(amount) as amount,
        sum(amount * amount) as squares,
        sum(case when origin = 'sourced' then 1 else 0 end) as n_sourced,
        sum(case when origin = 'cosold' then 1 else 0 end) as n_cosold,
        sum(case when origin = 'sourced' then amount else 0 end) as sourced,
        sum(case when origin = 'cosold' then amount else 0 end) as cosold,
        sum(case when origin <> 'own' then amount else 0 end) as partnered,
        sum(case when origin <> 'own' then amount * amount else 0 end)
            as partnered_squares
    from created
    group by as_of_date, cohort

),

shares as (

    select
        summed.*,
        partnered / nullif(amount, 0) as share,
        {{ ratio_half_width(
            'n', 'partnered', 'amount', 'partnered_squares', 'partnered_squares',
            'squares', rule('interval_z')
        ) }} as half_width
    from summed

),

final as (

    {% for figure in ['sourced', 'cosold'] -%}
    select
        as_of_date,
        'partner_{{ figure }}_pipeline' as kpi,
        cohort,
        {{ figure }} as value,
        cast(null as {{ type_double() }}) as lower,
        cast(null as {{ type_double() }}) as upper,
        n_{{ figure }} as n
    from summed
    union all
    {% endfor -%}
    select
        as_of_date,
        'partner_pipeline_share' as kpi,
        cohort,
        share as value,
        {{ held_within('share - half_width', 0) }} as lower,
        {{ held_within('share + half_width', 0, 1) }} as upper,
        n
    from shares

)

select * from final
