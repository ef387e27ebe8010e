-- Question: what became of each customer's next renewal after a month-end? Grain:
-- month-end and customer. Only what had resolved by today; the day is fixed by the
-- contract, so that early losses do not come in first.
with

customers as (

    select as_of_date, account_key
    from {{ ref('int_account_months') }}
    where is_customer

),

terms as (

    select * from {{ ref('int_terms_formed') }}

),

as_of as (

    select as_of_date as built_date from {{ ref('stg_as_of') }}

),

due as (

    select * from {{ ref('int_renewals_due') }}

),

halves as (

    select
        customers.as_of_date,
        customers.account_key,
        {{ add_months('customers.as_of_date', rule('half_year_months')) }} as ended_date
    from customers
    left join due
        on customers.as_of_date = due.as_of_date
        and customers.account_key = due.account_key
    where due.account_key is null

),

arr_then as (

    select
        halves.as_of_date,
        halves.account_key,
        cast(sum(case
            when {{ in_force(
                'halves.as_of_date', 'terms.term_start_date', 'terms.arr_until_date'
            ) }} then terms.arr
        end) as decimal(18, 2)) as arr_before,
        cast(sum(case
            when {{ in_force(
                'halves.ended_date', 'terms.term_start_date', 'terms.arr_until_date'
            ) }} then terms.arr
        end) as decimal(18, 2)) as arr_after
    from halves
    inner join terms on halves.account_key = terms.account_key
    group by halves.as_of_date, halves.account_key

),

running as (

    select
        halves.as_of_date,
        halves.account_key,
        coverage.ended_date as event_date,
        {{ add_days('halves.ended_date', rule('grace_days')) }} as resolved_date,
        case when coverage.ended_date <= halves.ended_date then 1 else 0 end as is_lost,
        case when arr_then.arr_after > arr_then.arr_before then 1 else 0 end
            as is_expanded
    from halves
    inner join arr_then
        on halves.as_of_date = arr_then.as_of_date
        and halves.account_key = arr_then.account_key
    inner join {{ ref('int_coverage') }} as coverage
        on halves.account_key = coverage.account_key
        and {{ in_force(
            'halves.as_of_date', 'coverage.started_date', 'coverage.ended_date'
        ) }}

),

resolved as (

    select
        as_of_date,
        account_key,
        event_date,
        greatest(settled_date, known_date) as resolved_date,
        is_lost,
        is_expanded
    from due
    where is_open = 0
    union all
    select * from running

),

final as (

    select
        resolved.as_of_date,
        resolved.account_key,
        resolved.resolved_date,
        case when resolved.is_lost = 1 then resolved.event_date end as lost_date,
        cast(resolved.is_lost as {{ type_double() }}) as is_lost,
        cast(
            case when resolved.is_lost = 0 then resolved.is_expanded else 0 end
            as {{ type_double() }}
        ) as is_expanded
    from resolved
    inner join as_of on resolved.resolved_date <= as_of.built_date

)

select * from final
