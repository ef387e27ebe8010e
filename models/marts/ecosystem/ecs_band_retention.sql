-- Question: did customers whose needs were met more completely stay more often? Grain:
-- band. The band is that of the last month-end on or before the landmark of the
-- retention trial, so nothing later counts; `no_score` where there was none.
with

month_ends as (

    select as_of_date, is_latest from {{ ref('int_month_ends') }}

),

today as (

    select as_of_date from month_ends
    where is_latest

),

trials as (

    select
        trials.account_key,
        trials.outcome,
        case
            when trials.landmark_date
                = cast({{ dbt.last_day('trials.landmark_date', 'month') }} as date)
                then trials.landmark_date
            else {{ add_days(
                dbt.date_trunc('month', 'trials.landmark_date'), '-1'
            ) }}
        end as known_date
    from {{ ref('int_trials') }} as trials
    inner join today on trials.resolved_date <= today.as_of_date
    where trials.stage = 'retention'

),

scores as (

    select as_of_date, account_key, band from {{ ref('int_account_ecs') }}

),

placed as (

    select
        coalesce(scores.band, 'no_score') as band,
        trials.account_key,
        trials.outcome,
        case when trials.outcome > 0 then 1 else 0 end as is_kept
    from trials
    inner join month_ends on trials.known_date = month_ends.as_of_date
    left join scores
        on trials.known_date = scores.as_of_date
        and trials.account_key = scores.account_key

),

summed as (

    select
        band,
        count(*) as n_trials,
        count(distinct account_key) as n_accounts,
        sum(is_kept) as n_kept,
        avg(cast(is_kept as {{ type_double() }})) as retention_rate,
        avg(outcome) as arr_kept_rate
    from placed
    group by band

),

final as (

    select
        band,
        {{ whole('n_trials') }} as n_trials,
        {{ whole('n_accounts') }} as n_accounts,
        {{ whole('n_kept') }} as n_kept,
        cast(retention_rate as {{ type_double() }}) as retention_rate,
        {{ wilson('retention_rate', 'n_trials', rule('interval_z'), '-') }}
            as retention_lower,
        {{ wilson('retention_rate', 'n_trials', rule('interval_z'), '+') }}
            as retention_upper,
        cast(arr_kept_rate as {{ type_double() }}) as arr_kept_rate,
        case
            when n_trials < {{ rule('evidence_insufficient_below') }}
                then 'insufficient'
            when n_trials < {{ rule('evidence_provisional_below') }} then 'provisional'
            else 'solid'
        end as evidence
    from summed

)

select * from final
