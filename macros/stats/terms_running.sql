{#  Paid terms that ran on each of some days, as they were counted on the day; a stated churn after its start ends a term
    too. days: a CTE with the column as_of_date. Gives CTEs that end in `running`: as_of_date, term_key, account_key,
    product, arr. #}
{% macro terms_running(days) %}
paid_terms as (

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

stated_ends as (

    select
        paid_terms.term_key,
        min(churned.churned_date) as churned_date
    from paid_terms
    inner join {{ ref('int_churns_stated') }} as churned
        on paid_terms.account_key = churned.account_key
        and paid_terms.term_start_date <= churned.churned_date
    group by paid_terms.term_key

),

running as (

    select
        days.as_of_date,
        paid_terms.term_key,
        paid_terms.account_key,
        paid_terms.product,
        paid_terms.arr
    from paid_terms
    left join stated_ends on paid_terms.term_key = stated_ends.term_key
    inner join {{ days }} as days
        on paid_terms.term_start_date <= days.as_of_date
        and days.as_of_date < coalesce(paid_terms.until_date, cast('9999-12-31' as date))
        and days.as_of_date < coalesce(stated_ends.churned_date, cast('9999-12-31' as date))

)
{%- endmacro %}
