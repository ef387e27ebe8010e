-- Question: which new customers had a roll-out to be helped, and were live in time?
-- Grain: account. Only where going live would have been seen; the end of delivery is no
-- evidence of it, since it is what partners do.
with

roll_outs as (

    select
        account_key,
        live_date,
        selected_date as started_date,
        settled_date as resolved_date,
        {{ add_days('selected_date', '-1 * ' ~ rule('onboarding_lookback_days')) }}
            as exposed_from_date,
        {{ add_days('selected_date', rule('onboarding_landmark_days')) }}
            as landmark_date
    from {{ ref('int_roll_outs') }}

),

coverage as (

    select account_key, started_date, ended_date
    from {{ ref('int_coverage') }}

),

lost as (

    select distinct roll_outs.account_key
    from roll_outs
    inner join coverage
        on roll_outs.account_key = coverage.account_key
        and coverage.ended_date
        between roll_outs.started_date and roll_outs.landmark_date

),

final as (

    select
        {{ surrogate_key(["'onboarding'", 'roll_outs.account_key']) }} as trial_key,
        'onboarding' as stage,
        'roll_out' as trial_form,
        roll_outs.account_key,
        roll_outs.started_date,
        roll_outs.exposed_from_date,
        roll_outs.landmark_date,
        roll_outs.resolved_date,
        cast(
            case when roll_outs.live_date is null then 0 else 1 end
            as {{ type_double() }}
        ) as outcome
    from roll_outs
    left join lost on roll_outs.account_key = lost.account_key
    where
        lost.account_key is null
        and (
            roll_outs.live_date is null or roll_outs.live_date > roll_outs.landmark_date
        )

)

select * from final
