-- Question: whose accounts score higher than what becomes of them?
-- Read it: gap is in points of score, within segment and outcome; above 0 the group is
-- favoured, below it is overlooked. Many groups are looked at each month, so n_months,
-- the months of the last year in which it stood out, counts more than the last one.
-- Columns: model, dimension, partner_group, n_months, gap, lower, upper, n, status
with

months as (

    select
        bias.*,
        row_number() over (
            partition by model, dimension, partner_group order by as_of_date desc
        ) as months_back
    from {{ ref('partner_bias_monthly') }} as bias

),

counted as (

    select
        model,
        dimension,
        partner_group,
        sum(case when status in ('watch', 'act') then 1 else 0 end) as n_months
    from months
    where months_back <= 12
    group by model, dimension, partner_group

)

select
    months.model,
    months.dimension,
    months.partner_group,
    counted.n_months,
    months.gap,
    months.lower,
    months.upper,
    months.n,
    months.status
from months
inner join counted
    on months.model = counted.model
    and months.dimension = counted.dimension
    and months.partner_group = counted.partner_group
where months.months_back = 1 and counted.n_months > 0
order by
    counted.n_months desc,
    abs(months.gap) desc,
    months.model asc,
    months.partner_group asc
