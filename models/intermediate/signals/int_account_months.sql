-- Question: which accounts were known on each month-end, and what were they that day?
-- Grain: month-end and account. A term that has run out without an answer is no next
-- decision. Some 25 rows an account, in one pass: no month is joined with another.
with

month_ends as (

    select as_of_date, is_latest from {{ ref('int_month_ends') }}

),

accounts as (

    select * from {{ ref('int_accounts_known') }}

),

live as (

    select as_of_date, account_key, arr from {{ ref('int_live_accounts') }}

),

terms as (

    select term_key, term_end_date, ended_date
    from {{ ref('int_terms') }}
    where is_paid

),

due as (

    select
        running.as_of_date,
        running.account_key,
        min(terms.term_end_date) as next_decision_date
    from {{ ref('int_terms_running') }} as running
    inner join terms
        on running.term_key = terms.term_key
        and running.as_of_date < terms.term_end_date
    where terms.ended_date is null or terms.ended_date > running.as_of_date
    group by running.as_of_date, running.account_key

),

final as (

    select
        month_ends.as_of_date,
        month_ends.is_latest,
        accounts.account_key,
        accounts.segment,
        live.account_key is not null as is_customer,
        live.account_key is null
        and coalesce(accounts.customer_date <= month_ends.as_of_date, false)
            as was_customer,
        coalesce(live.arr, 0) as arr,
        due.next_decision_date,
        {{ whole(dbt.datediff(
            'month_ends.as_of_date', 'due.next_decision_date', 'day'
        )) }} as days_to_renewal
    from accounts
    inner join month_ends on accounts.known_date <= month_ends.as_of_date
    left join live
        on month_ends.as_of_date = live.as_of_date
        and accounts.account_key = live.account_key
    left join due
        on month_ends.as_of_date = due.as_of_date
        and live.account_key = due.account_key

)

select * from final
