-- Month-ends and segments whose movements do not lead from the opening to the closing
-- ARR, or do not open where the month before closed; movements below zero.
with

followed as (

    select
        movements.*,
        lag(closing_arr) over (
            partition by segment order by as_of_date
        ) as previous_closing_arr
    from {{ ref('arr_movements_monthly') }} as movements

)

select
    as_of_date,
    segment
from followed
where
    abs(
        opening_arr + new_arr + reactivation_arr + expansion_arr
        - contraction_arr - churn_arr - closing_arr
    ) >= 0.005
    or abs(opening_arr - previous_closing_arr) >= 0.005
    or least(
        new_arr, reactivation_arr, expansion_arr, contraction_arr, churn_arr
    ) < 0
