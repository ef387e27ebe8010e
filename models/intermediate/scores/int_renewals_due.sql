-- Question: which decision of a fixed term comes next for a customer, and what became
-- of it? Grain: month-end and customer with such a term. It is the next by the day that
-- was agreed, so that a term broken off later does not come first.
with

customers as (

    select as_of_date, account_key
    from {{ ref('int_account_months') }}
    where is_customer

),

terms as (

    select * from {{ ref('int_terms_formed') }}
    where contract_form = 'fixed'

),

due as (

    select
        customers.as_of_date,
        customers.account_key,
        max(terms.term_end_date) as last_end_date,
        max(terms.decision_date) as event_date,
        max(terms.outcome_known_date) as known_date,
        max(case when terms.outcome = 'open' then 1 else 0 end) as is_open,
        min(case when terms.outcome = 'churned' then 1 else 0 end) as is_lost,
        case
            when max(case when terms.outcome = 'expanded' then 1 else 0 end) = 1
                and sum(terms.renewed_arr) > sum(terms.arr)
                then 1
            else 0
        end as is_expanded,
        row_number() over (
            partition by customers.as_of_date, customers.account_key
            order by min(terms.term_end_date), terms.decision_key
        ) as due_order
    from customers
    inner join terms
        on customers.account_key = terms.account_key
        and customers.as_of_date >= terms.term_start_date
        and customers.as_of_date < terms.decision_date
    group by customers.as_of_date, customers.account_key, terms.decision_key

),

final as (

    select
        as_of_date,
        account_key,
        {{ add_days('last_end_date', rule('grace_days')) }} as settled_date,
        known_date,
        event_date,
        is_open,
        is_lost,
        is_expanded
    from due
    where due_order = 1

)

select * from final
