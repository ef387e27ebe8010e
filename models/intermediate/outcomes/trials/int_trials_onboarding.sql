-- Question: which new customers had a roll-out to be helped, and were live in time?
-- Grain: account. Only where going live would have been seen; the end of delivery is no
-- evidence of it, since it is what partners do.
with

selected as (

    select
        account_key,
        known_until_date,
        cast(occurred_at as date) as started_date,
        {{ add_days('occurred_at', '-1 * ' ~ rule('onboarding_lookback_days')) }}
            as exposed_from_date,
        {{ add_days('occurred_at', rule('onboarding_landmark_days')) }}
            as landmark_date,
        {{ add_days('occurred_at', rule('onboarding_days')) }} as resolved_date
    from {{ ref('int_milestones_known') }}
    where milestone = 'selected'

),

live as (

    select
        account_key,
        known_from_date,
        known_until_date,
        cast(occurred_at as date) as live_date
    from {{ ref('int_milestones_known') }}
    where milestone = 'go_live' and basis <> 'delivery_ended'

),

observed as (

    select account_key, live_observed_from_date
    from {{ ref('int_observed_accounts') }}

),

coverage as (

    select account_key, started_date, ended_date
    from {{ ref('int_coverage') }}

),

chosen as (

    select
        selected.*,
        row_number() over (
            partition by selected.account_key order by selected.resolved_date
        ) as choice
    from selected
    inner join observed
        on selected.account_key = observed.account_key
        and selected.started_date >= observed.live_observed_from_date
    where
        selected.known_until_date is null
        or selected.known_until_date > selected.resolved_date

),

lost as (

    select distinct chosen.account_key
    from chosen
    inner join coverage
        on chosen.account_key = coverage.account_key
        and coverage.ended_date between chosen.started_date and chosen.landmark_date
    where chosen.choice = 1

),

final as (

    select
        {{ surrogate_key(["'onboarding'", 'chosen.account_key']) }} as trial_key,
        'onboarding' as stage,
        'roll_out' as trial_form,
        chosen.account_key,
        chosen.started_date,
        chosen.exposed_from_date,
        chosen.landmark_date,
        chosen.resolved_date,
        cast(case when live.live_date is null then 0 else 1 end as {{ type_double() }})
            as outcome
    from chosen
    left join live
        on chosen.account_key = live.account_key
        and {{ in_force(
            'chosen.resolved_date', 'live.known_from_date', 'live.known_until_date'
        ) }}
    left join lost on chosen.account_key = lost.account_key
    where
        chosen.choice = 1
        and lost.account_key is null
        and (live.live_date is null or live.live_date > chosen.landmark_date)

)

select * from final
