-- Question: which paid terms ran on each month-end? Grain: month-end and contract term.
-- A stated churn after its start ends a term too.
with

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

terms as (

    select
        term_key,
        account_key,
        lower(trim(product)) as product,
        arr,
        term_start_date,
        counted_until_date as until_date
    from {{ ref('int_terms') }}
    where is_paid

),

churned as (

    select account_key, churned_date from {{ ref('int_churns_stated') }}

),

ended as (

    select
        terms.term_key,
        min(churned.churned_date) as churned_date
    from terms
    inner join churned
        on terms.account_key = churned.account_key
        and terms.term_start_date <= churned.churned_date
    group by terms.term_key

),

final as (

    select
        month_ends.as_of_date,
        terms.term_key,
        terms.account_key,
        terms.product,
        terms.arr
    from terms
    left join ended on terms.term_key = ended.term_key
    inner join month_ends
        on terms.term_start_date <= month_ends.as_of_date
        and month_ends.as_of_date
        < coalesce(terms.until_date, cast('9999-12-31' as date))
        and month_ends.as_of_date
        < coalesce(ended.churned_date, cast('9999-12-31' as date))

)

select * from final
