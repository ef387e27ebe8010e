-- Segments whose ARR on the last day is not that of their accounts, beyond half a cent
-- of rounding a term.
with

paid as (

    select
        segment,
        sum(arr) as arr
    from {{ ref('accounts') }}
    group by segment

),

n_terms as (

    select count(*) as n from {{ ref('int_terms') }}

)

select
    movements.segment,
    movements.closing_arr,
    paid.arr
from {{ ref('arr_movements_monthly') }} as movements
inner join paid on movements.segment = paid.segment
cross join n_terms
where
    movements.is_latest
    and abs(movements.closing_arr - paid.arr) > 0.005 * n_terms.n
