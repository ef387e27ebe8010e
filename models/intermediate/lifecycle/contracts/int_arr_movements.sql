-- Question: by how much did each account's ARR move, and what kind of move was it?
-- Grain: account and month-end that sees a change; all before the first is a change of
-- the day before it. What came and went between two month-ends is not seen.
with

month_ends as (

    select
        as_of_date,
        {{ add_days(dbt.date_trunc('month', 'as_of_date'), '-1') }} as previous_date
    from {{ ref('int_month_ends') }}

),

bounds as (

    select
        min(previous_date) as base_date,
        max(as_of_date) as last_date
    from month_ends

),

terms as (

    select
        account_key,
        term_start_date,
        case
            when arr_until_date < term_start_date then term_start_date
            else arr_until_date
        end as arr_until_date,
        cast(round(cast(arr as decimal(24, 6)), 2) as decimal(18, 2)) as arr,
        min(term_start_date) over (partition by account_key) as first_paid_date
    from {{ ref('int_terms') }}
    where is_paid and arr > 0

),

changes as (

    select
        account_key,
        first_paid_date,
        term_start_date as changed_date,
        arr as change
    from terms
    union all
    select
        account_key,
        first_paid_date,
        arr_until_date as changed_date,
        -1 * arr as change
    from terms
    where arr_until_date is not null

),

placed as (

    select
        changes.account_key,
        changes.first_paid_date,
        changes.change,
        greatest(
            bounds.base_date,
            least(
                bounds.last_date,
                cast({{ dbt.last_day('changes.changed_date', 'month') }} as date)
            )
        ) as as_of_date
    from changes
    cross join bounds
    where changes.changed_date <= bounds.last_date

),

summed as (

    select
        account_key,
        as_of_date,
        min(first_paid_date) as first_paid_date,
        cast(sum(change) as decimal(24, 2)) as change
    from placed
    group by account_key, as_of_date

),

balances as (

    select
        summed.*,
        cast(sum(change) over (
            partition by account_key order by as_of_date
            rows between unbounded preceding and current row
        ) as decimal(24, 2)) as closing_arr
    from summed

),

final as (

    select
        balances.account_key,
        balances.as_of_date,
        balances.change,
        balances.closing_arr,
        case
            when month_ends.as_of_date is null or balances.change = 0 then 'none'
            when balances.closing_arr = 0 then 'churn'
            when balances.change < 0 then 'contraction'
            when balances.closing_arr > balances.change then 'expansion'
            when balances.first_paid_date > month_ends.previous_date then 'new'
            else 'reactivation'
        end as movement
    from balances
    left join month_ends on balances.as_of_date = month_ends.as_of_date

)

select * from final
