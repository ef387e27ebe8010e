-- Question: in which spans was an account a paying customer?
-- Grain: span without a lapse. A gap up to the grace period is no lapse.
-- ended_date is null while the account is a customer; end_known_date is when it showed.
with

terms as (

    select
        account_key,
        term_start_date,
        coalesce(arr_until_date, cast('9999-12-31' as date)) as until_date,
        coalesce(counted_until_date, cast('9999-12-31' as date)) as counted_until_date
    from {{ ref('int_terms') }}
    where is_paid

),

ordered as (

    select
        terms.*,
        max(until_date) over (
            partition by account_key order by term_start_date, until_date
            rows between unbounded preceding and 1 preceding
        ) as covered_until_date
    from terms

),

numbered as (

    select
        ordered.*,
        sum(case
            when covered_until_date is null then 1
            when {{ dbt.datediff('covered_until_date', 'term_start_date', 'day') }}
                > {{ rule('grace_days') }} then 1
            else 0
        end) over (
            partition by account_key order by term_start_date, until_date
            rows between unbounded preceding and current row
        ) as span_number
    from ordered

),

spans as (

    select
        account_key,
        span_number,
        min(term_start_date) as started_date,
        nullif(max(until_date), cast('9999-12-31' as date)) as ended_date,
        nullif(max(counted_until_date), cast('9999-12-31' as date)) as end_known_date
    from numbered
    group by account_key, span_number

),

final as (

    select
        spans.*,
        lead(started_date) over (
            partition by account_key order by span_number
        ) as returned_date
    from spans

)

select * from final
