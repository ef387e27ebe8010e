-- Question: which new-business deals were a chance to win a lasting customer?
-- Grain: deal. Only deals still open at the landmark; won within the horizon and still
-- a customer some time after counts as one.
with

deals as (

    select * from {{ ref('int_deals') }}
    -- a deal won or lost on an unknown day cannot be placed before or after its
    -- landmark
    where kind = 'new' and (status = 'open' or closed_at is not null)

),

coverage as (

    select account_key, ended_date, end_known_date, returned_date
    from {{ ref('int_coverage') }}

),

stated_churn as (

    select account_key, cast(churned_at as date) as churned_date
    from {{ ref('int_account_milestones') }}
    where churned_basis = 'stated'

),

dated as (

    select
        deal_key,
        account_key,
        status,
        cast(created_at as date) as created_date,
        cast(closed_at as date) as closed_date,
        {{ add_days('created_at', rule('deal_landmark_days')) }} as landmark_date,
        {{ add_days('created_at', rule('deal_horizon_days')) }} as horizon_date,
        {{ add_days('closed_at', rule('kept_after_win_days')) }} as kept_until_date,
        {{ add_days(
            'created_at', rule('deal_horizon_days') ~ ' + ' ~ rule('kept_after_win_days')
        ) }} as resolved_date
    from deals

),

lost_again as (

    select dated.deal_key
    from dated
    inner join coverage
        on dated.account_key = coverage.account_key
        and dated.resolved_date >= coverage.end_known_date
        and {{ in_force(
            'dated.kept_until_date', 'coverage.ended_date', 'coverage.returned_date'
        ) }}
    union distinct
    select dated.deal_key
    from dated
    inner join stated_churn
        on dated.account_key = stated_churn.account_key
        and stated_churn.churned_date
        between dated.closed_date and dated.kept_until_date

),

final as (

    select
        {{ surrogate_key(["'acquisition'", 'dated.deal_key']) }} as trial_key,
        'acquisition' as stage,
        'deal' as trial_form,
        dated.account_key,
        dated.created_date as started_date,
        {{ add_days('dated.created_date', '-1 * ' ~ rule('deal_lookback_days')) }}
            as exposed_from_date,
        dated.landmark_date,
        dated.resolved_date,
        cast(case
            when dated.status = 'won' and dated.closed_date <= dated.horizon_date
                and lost_again.deal_key is null then 1
            else 0
        end as {{ type_double() }}) as outcome
    from dated
    left join lost_again on dated.deal_key = lost_again.deal_key
    where dated.closed_date is null or dated.closed_date > dated.landmark_date

)

select * from final
