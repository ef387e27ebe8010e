-- Question: which partner was at an account that was kept or lost, and what shows it?
-- Grain: account and partner. Credit is that of retention trials resolved by month
-- eighteen, so that it never changes afterwards.
with

accounts as (

    select
        account_key,
        live_date,
        landmark_date,
        watched_until_date,
        is_alive_18m
    from {{ ref('int_accounts_kept') }}

),

touched as (

    select
        touches.account_key,
        touches.partner_key,
        sum(case
            when cast(touches.occurred_at as date)
                between accounts.live_date and accounts.landmark_date
                then 1
            else 0
        end) as n_touches_after_live,
        max(cast(touches.occurred_at as date)) as last_touched_date,
        max(case when not touches.is_restricted then touches.occurred_at end)
            as last_open_touch_at,
        max(case
            when cast(touches.occurred_at as date) >= accounts.live_date then 1 else 0
        end) as is_seen
    from {{ ref('int_touches') }} as touches
    inner join accounts
        on touches.account_key = accounts.account_key
        and cast(touches.occurred_at as date) <= accounts.watched_until_date
    where touches.partner_key is not null
    group by touches.account_key, touches.partner_key

),

credited as (

    select trials.account_key, credits.partner_key, sum(credits.credit) as credit
    from {{ ref('int_trials') }} as trials
    inner join accounts
        on trials.account_key = accounts.account_key
        and trials.resolved_date <= accounts.landmark_date
    inner join {{ ref('int_trial_credits') }} as credits
        on trials.trial_key = credits.trial_key
    where trials.stage = 'retention' and accounts.is_alive_18m
    group by trials.account_key, credits.partner_key

),

standing as (

    select
        ties.account_key,
        ties.partner_key,
        min(case
            when not ties.is_restricted
                then coalesce(ties.started_date, accounts.live_date)
        end) as tied_date
    from {{ ref('int_ties') }} as ties
    inner join accounts
        on ties.account_key = accounts.account_key
        and (
            ties.started_date is null
            or ties.started_date <= accounts.watched_until_date
        )
        and (ties.ended_date is null or ties.ended_date >= accounts.live_date)
    group by ties.account_key, ties.partner_key

),

sourcers as (

    select accounts.account_key, sourcers.sourced_by_partner_key as partner_key
    from accounts
    inner join {{ ref('int_account_sourcers') }} as sourcers
        on accounts.account_key = sourcers.account_key
    where sourcers.sourced_by_partner_key is not null

),

pairs as (

    select account_key, partner_key from touched
    where is_seen = 1
    union distinct
    select account_key, partner_key from credited
    union distinct
    select account_key, partner_key from standing
    union distinct
    select account_key, partner_key from sourcers

),

final as (

    select
        pairs.account_key,
        pairs.partner_key,
        credited.credit,
        coalesce(touched.n_touches_after_live, 0) as n_touches_after_live,
        touched.last_touched_date,
        touched.last_open_touch_at,
        standing.tied_date,
        sourcers.partner_key is not null as is_sourcer
    from pairs
    left join touched
        on pairs.account_key = touched.account_key
        and pairs.partner_key = touched.partner_key
    left join credited
        on pairs.account_key = credited.account_key
        and pairs.partner_key = credited.partner_key
    left join standing
        on pairs.account_key = standing.account_key
        and pairs.partner_key = standing.partner_key
    left join sourcers
        on pairs.account_key = sourcers.account_key
        and pairs.partner_key = sourcers.partner_key

)

select * from final
