-- Question: into which half-years does an account with running contracts fall?
-- Grain: account and half-year from its first start, the first left out. One resolves a
-- grace period after its end, since a gap that short is no loss.
with

terms as (

    select account_key, term_start_date, contract_form
    from {{ ref('int_terms_formed') }}

),

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

{# a hundred years of half-years #}
half_years as (

    {{ dbt.generate_series(200) }}

),

starts as (

    select account_key, min(term_start_date) as first_start_date
    from terms
    group by account_key
    having max(case when contract_form = 'running' then 1 else 0 end) = 1

),

numbered as (

    select
        starts.account_key,
        {{ add_months(
            'starts.first_start_date',
            'half_years.generated_number * ' ~ rule('half_year_months')
        ) }} as started_date,
        {{ add_months(
            'starts.first_start_date',
            '(half_years.generated_number + 1) * ' ~ rule('half_year_months')
        ) }} as ended_date
    from starts
    cross join as_of
    inner join half_years
        on half_years.generated_number * {{ rule('half_year_months') }}
        <= {{ dbt.datediff('starts.first_start_date', 'as_of.as_of_date', 'month') }}

),

final as (

    select
        numbered.*,
        {{ add_days('ended_date', rule('grace_days')) }} as resolved_date
    from numbered

)

select * from final
