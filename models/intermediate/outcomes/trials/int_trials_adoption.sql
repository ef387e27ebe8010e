-- Question: how many of the seats of a customer were in use in its third month?
-- Grain: account and go-live. Only customers whose use would have been seen and whose
-- seats are known; a month without any use counts 0.
with

live as (

    select
        account_key,
        known_until_date,
        cast(occurred_at as date) as started_date,
        {{ add_days('occurred_at', rule('adoption_landmark_days')) }} as landmark_date,
        {{ add_days('occurred_at', rule('adoption_days')) }} as resolved_date
    from {{ ref('int_milestones_known') }}
    where milestone = 'go_live' and basis <> 'delivery_ended'

),

observed as (

    select account_key, usage_observed_from_date
    from {{ ref('int_observed_accounts') }}

),

terms as (

    select
        account_key,
        term_start_date,
        arr_until_date,
        outcome_known_date,
        seats
    from {{ ref('int_terms') }}
    where is_paid

),

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

{# what runs on, and what had not shown to be lost by the day it resolves #}
chosen as (

    select
        live.account_key,
        live.started_date,
        live.landmark_date,
        live.resolved_date,
        sum(terms.seats) as seats
    from live
    inner join observed
        on live.account_key = observed.account_key
        and live.started_date >= observed.usage_observed_from_date
    inner join terms
        on live.account_key = terms.account_key
        and live.landmark_date >= terms.term_start_date
        and (
            terms.arr_until_date is null
            or live.landmark_date < terms.arr_until_date
            or live.resolved_date < terms.outcome_known_date
        )
    where
        live.known_until_date is null or live.known_until_date > live.resolved_date
    group by
        live.account_key, live.started_date, live.landmark_date, live.resolved_date
    having sum(terms.seats) > 0

),

usage_days as (

    select
        chosen.account_key,
        chosen.started_date,
        usage_days.day,
        max(usage_days.active_users) as active_users
    from chosen
    inner join members on chosen.account_key = members.organisation_key
    inner join {{ ref('stg_usage') }} as usage_days
        on members.source = usage_days.account_source
        and members.source_id = usage_days.account_id
        and chosen.landmark_date < usage_days.day
        and chosen.resolved_date >= usage_days.day
    group by chosen.account_key, chosen.started_date, usage_days.day

),

used as (

    select account_key, started_date, avg(active_users) as active_users
    from usage_days
    group by account_key, started_date

),

final as (

    select
        {{ surrogate_key(["'adoption'", 'chosen.account_key', 'chosen.started_date']) }}
            as trial_key,
        'adoption' as stage,
        'third_month' as trial_form,
        chosen.account_key,
        chosen.started_date,
        chosen.started_date as exposed_from_date,
        chosen.landmark_date,
        chosen.resolved_date,
        cast(
            least(1, coalesce(used.active_users, 0) / chosen.seats)
            as {{ type_double() }}
        ) as outcome
    from chosen
    left join used
        on chosen.account_key = used.account_key
        and chosen.started_date = used.started_date

)

select * from final
