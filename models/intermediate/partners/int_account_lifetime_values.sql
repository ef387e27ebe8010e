-- Question: what has each customer brought so far? Grain: account with a paid term that
-- has begun. ARR by the years it counted, up to as_of_date.
with

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

terms as (

    select
        terms.account_key,
        terms.arr,
        terms.term_start_date,
        case
            when terms.arr_until_date < as_of.as_of_date then terms.arr_until_date
            else as_of.as_of_date
        end as counted_until_date
    from {{ ref('int_terms') }} as terms
    inner join as_of on terms.term_start_date <= as_of.as_of_date
    where terms.is_paid and terms.arr > 0

),

final as (

    select
        account_key,
        sum({{ lifetime_value('arr', 'term_start_date', 'counted_until_date') }})
            as ltv_to_date
    from terms
    group by account_key

)

select * from final
