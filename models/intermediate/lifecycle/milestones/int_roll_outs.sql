-- Question: who had a roll-out, and was it live in time, as known when that time was
-- over? Grain: account. What is stated later moves nothing; the end of delivery is no
-- evidence of going live.
with

selected as (

    select
        account_key,
        known_until_date,
        cast(occurred_at as date) as selected_date,
        {{ add_days('occurred_at', rule('onboarding_days')) }} as settled_date
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

chosen as (

    select
        selected.*,
        row_number() over (
            partition by selected.account_key order by selected.settled_date
        ) as choice
    from selected
    inner join {{ ref('int_observed_accounts') }} as observed
        on selected.account_key = observed.account_key
        and selected.selected_date >= observed.live_observed_from_date
    where
        selected.known_until_date is null
        or selected.known_until_date > selected.settled_date

),

final as (

    select
        chosen.account_key,
        chosen.selected_date,
        chosen.settled_date,
        live.live_date
    from chosen
    left join live
        on chosen.account_key = live.account_key
        and {{ in_force(
            'chosen.settled_date', 'live.known_from_date', 'live.known_until_date'
        ) }}
    where chosen.choice = 1

)

select * from final
