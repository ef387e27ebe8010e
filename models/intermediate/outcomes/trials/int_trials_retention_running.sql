-- Question: how much of a running contract's ARR was there half a year later?
-- Grain: account and half-year from its first start; the first half-year is left out.
-- A gap in the grace period is no loss, so one resolves a grace period after its end.
with

periods as (

    select * from {{ ref('int_half_years') }}

),

terms as (

    select
        account_key,
        term_start_date,
        arr,
        contract_form,
        arr_until_date,
        outcome_known_date,
        is_presumed_renewed,
        -- what is presumed renewed counts at the end of the half-year in which it was
        -- renewed and carries no further one
        case when is_presumed_renewed then runs_until_date else arr_until_date end
            as known_until_date
    from {{ ref('int_terms_formed') }}

),

{# a loss that shows only after the period has resolved is a later one's #}
at_end as (

    select
        periods.account_key,
        periods.started_date,
        sum(terms.arr) as arr_at_end,
        max(case when terms.is_presumed_renewed then 1 else 0 end) as is_presumed
    from periods
    inner join terms
        on periods.account_key = terms.account_key
        and periods.ended_date >= terms.term_start_date
        and (
            terms.arr_until_date is null
            or periods.ended_date < terms.arr_until_date
            or periods.resolved_date < terms.outcome_known_date
        )
    group by periods.account_key, periods.started_date

),

measured as (

    select
        periods.account_key,
        periods.started_date,
        periods.resolved_date,
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
        end) as arr_at_start
    from periods
    inner join terms on periods.account_key = terms.account_key
    group by periods.account_key, periods.started_date, periods.resolved_date

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
        measured.resolved_date,
        cast(
            least(1, coalesce(at_end.arr_at_end, 0) / measured.arr_at_start)
            as {{ type_double() }}
        ) as outcome,
        cast(case
            when at_end.arr_at_end > 0 and at_end.is_presumed = 0
                then at_end.arr_at_end / measured.arr_at_start - 1
        end as {{ type_double() }}) as growth
    from measured
    left join at_end
        on measured.account_key = at_end.account_key
        and measured.started_date = at_end.started_date
    where measured.is_running = 1 and measured.arr_at_start > 0

)

select * from final
