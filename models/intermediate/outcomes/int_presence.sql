-- Question: at how many of a partner's accounts with a trial in a stage did it earn
-- credit there? Grain: month-end, stage and partner.
with

trials as (

    select as_of_date, stage, trial_key, account_key
    from {{ ref('int_trials_windowed') }}

),

partner_accounts as (

    select * from {{ ref('int_partner_accounts') }}

),

credits as (

    select trial_key, partner_key
    from {{ ref('int_trial_credits') }}
    where credit > 0

),

tried as (

    select
        trials.as_of_date,
        trials.stage,
        partner_accounts.partner_key,
        trials.account_key,
        max(case when credits.partner_key is not null then 1 else 0 end) as has_credit,
        count(credits.partner_key) as n_credited_trials
    from trials
    inner join partner_accounts
        on trials.account_key = partner_accounts.account_key
        and trials.as_of_date >= partner_accounts.first_met_date
    left join credits
        on trials.trial_key = credits.trial_key
        and partner_accounts.partner_key = credits.partner_key
    group by
        trials.as_of_date,
        trials.stage,
        partner_accounts.partner_key,
        trials.account_key

),

final as (

    select
        as_of_date,
        stage,
        partner_key,
        count(*) as n_accounts,
        sum(has_credit) as n_credited_accounts,
        sum(n_credited_trials) as n_credited_trials,
        case
            when count(*) >= {{ rule('min_stage_accounts') }}
                then cast(sum(has_credit) as {{ type_double() }}) / count(*)
        end as presence
    from tried
    group by as_of_date, stage, partner_key

)

select * from final
