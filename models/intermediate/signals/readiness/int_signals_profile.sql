-- Question: how large is an account, when is its next decision, and what does it lack?
-- Grain: month-end and account. Its size is what is known today: systems keep no
-- history of it.
with

months as (

    select as_of_date, account_key, is_customer, days_to_renewal
    from {{ ref('int_account_months') }}

),

organisations as (

    select organisation_key, employees from {{ ref('stg_organisations') }}

),

completeness as (

    select as_of_date, account_key, ecs from {{ ref('int_account_ecs') }}

),

final as (

    select
        months.as_of_date,
        months.account_key,
        organisations.employees,
        case when months.is_customer then months.days_to_renewal end
            as days_to_renewal,
        case when months.is_customer then {{ six_places('100 - completeness.ecs') }} end
            as need_uncovered_pct
    from months
    inner join organisations on months.account_key = organisations.organisation_key
    left join completeness
        on months.as_of_date = completeness.as_of_date
        and months.account_key = completeness.account_key

)

select * from final
