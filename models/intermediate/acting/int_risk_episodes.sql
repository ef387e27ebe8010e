-- Question: when was a customer in risk, when did the risk clear, and did the next term
-- renew? Grain: episode, a run of month-ends in a band that counts as risk. It begins
-- with the event that raised a reason in its first month, where there is one.
with

months as (

    select
        as_of_date,
        row_number() over (order by as_of_date) as month_number,
        lag(as_of_date) over (order by as_of_date) as month_before
    from {{ ref('int_month_ends') }}

),

scored as (

    select
        scores.account_key,
        scores.as_of_date,
        scores.band,
        months.month_number,
        months.month_before,
        bands.is_in_risk
    from {{ ref('int_scores') }} as scores
    inner join months on scores.as_of_date = months.as_of_date
    inner join {{ ref('risk_bands') }} as bands on scores.band = bands.band
    where scores.model = 'risk' and scores.is_in_force

),

in_risk as (

    select
        account_key,
        as_of_date,
        band,
        month_number,
        month_number - row_number() over (
            partition by account_key order by month_number
        ) as run_number
    from scored
    where is_in_risk

),

runs as (

    select
        account_key,
        min(as_of_date) as started_date,
        max(as_of_date) as last_date,
        max(month_number) as last_month_number
    from in_risk
    group by account_key, run_number

),

raised as (

    select
        raised.account_key,
        raised.first_month_end,
        min(raised.possible_from_date) as raised_date
    from {{ ref('int_reasons_raised') }} as raised
    inner join {{ ref('reason_codes') }} as reason_codes
        on raised.reason_code = reason_codes.reason_code
    where
        reason_codes.model = 'risk'
        and reason_codes.raised_on = 'event'
        and raised.is_start_known
    group by raised.account_key, raised.first_month_end

),

final as (

    select
        {{ surrogate_key(["'episode'", 'runs.account_key', 'runs.started_date']) }}
            as episode_key,
        runs.account_key,
        case
            when raised.raised_date > first_month.month_before then raised.raised_date
            else runs.started_date
        end as risk_from_date,
        runs.started_date,
        runs.last_date,
        cleared.as_of_date as cleared_date,
        first_month.band,
        case
            when account_months.days_to_renewal is null then 'none'
            when account_months.days_to_renewal <= {{ rule('renewal_soon_days') }}
                then 'soon'
            when account_months.days_to_renewal <= {{ rule('renewal_later_days') }}
                then 'later'
            else 'far'
        end as renewal_class,
        outcomes.is_lost = 0 as is_renewed,
        outcomes.resolved_date
    from runs
    inner join scored as first_month
        on runs.account_key = first_month.account_key
        and runs.started_date = first_month.as_of_date
    inner join {{ ref('int_account_months') }} as account_months
        on runs.account_key = account_months.account_key
        and runs.started_date = account_months.as_of_date
    left join scored as cleared
        on runs.account_key = cleared.account_key
        and runs.last_month_number + 1 = cleared.month_number
    left join raised
        on runs.account_key = raised.account_key
        and runs.started_date = raised.first_month_end
    left join {{ ref('int_renewal_outcomes') }} as outcomes
        on runs.account_key = outcomes.account_key
        and runs.started_date = outcomes.as_of_date

)

select * from final
