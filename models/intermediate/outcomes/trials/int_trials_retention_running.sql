-- Question: how much of a running contract's ARR was there half a year later?
-- Grain: account and half-year from its first start; the first half-year is left out.
-- A gap in the grace period is no loss, so one resolves a grace period after its end.
with

terms as (

    select
        account_key,
        term_start_date,
        arr,
        contract_form,
        arr_until_date,
        -- what is presumed renewed counts at the end of the half-year in which it was
        -- renewed and carries no further one
        case when is_presumed_renewed then runs_until_date else arr_until_date end
            as known_until_date
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

periods as (

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

measured as (

    select
        periods.account_key,
        periods.started_date,
        periods.ended_date,
        max(case
            when terms.contract_form = 'running'
                and terms.term_start_date <= periods.started_date
                and (
                    terms.known_until_date is null
                    or terms.known_until_date > periods.started_date
                )
                then 1
            else 0
        end) as is_running,
        sum(case
            when terms.term_start_date <= periods.started_date
                and (
                    terms.known_until_date is null
                    or terms.known_until_date > periods.started_date
                )
                then terms.arr
            else 0
        end) as arr_at_start,
        sum(case
            when terms.term_start_date <= periods.ended_date
                and (
                    terms.arr_until_date is null
                    or terms.arr_until_date > periods.ended_date
                )
                then terms.arr
            else 0
        end) as arr_at_end
    from periods
    inner join terms on periods.account_key = terms.account_key
    group by periods.account_key, periods.started_date, periods.ended_date

),

final as (

    select
        {{ surrogate_key([
            "'retention'", "'running'", 'measured.account_key', 'measured.started_date'
        ]) }} as trial_key,
        'retention' as stage,
        'running' as trial_form,
        measured.account_key,
        measured.started_date,
        {{ add_days('measured.started_date', '-1 * ' ~ rule('exposure_days')) }}
            as exposed_from_date,
        measured.started_date as landmark_date,
        {{ add_days('measured.ended_date', rule('grace_days')) }} as resolved_date,
        cast(
            least(1, measured.arr_at_end / measured.arr_at_start) as {{ type_double() }}
        ) as outcome
    from measured
    where measured.is_running = 1 and measured.arr_at_start > 0

)

select * from final
