-- Question: was the customer that a new-business deal won still one half a year later?
-- Grain: won new-business deal. One that is not that old yet is judged as it stands,
-- and provisional.
with

deals as (

    select
        deal_key,
        account_key,
        cast(closed_at as date) as won_date,
        {{ add_days('closed_at', rule('kept_after_win_days')) }} as kept_until_date
    from {{ ref('int_deals') }}
    -- a deal won on an unknown day has no half-year
    where kind = 'new' and status = 'won' and closed_at is not null

),

coverage as (

    select account_key, ended_date, returned_date
    from {{ ref('int_coverage') }}

),

stated_churn as (

    select account_key, cast(churned_at as date) as churned_date
    from {{ ref('int_account_milestones') }}
    where churned_basis = 'stated'

),

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

judged as (

    select
        deals.*,
        as_of.as_of_date,
        case
            when deals.kept_until_date < as_of.as_of_date then deals.kept_until_date
            else as_of.as_of_date
        end as judged_date
    from deals
    cross join as_of

),

lost_again as (

    select distinct judged.deal_key
    from judged
    left join coverage
        on judged.account_key = coverage.account_key
        and {{ in_force(
            'judged.judged_date', 'coverage.ended_date', 'coverage.returned_date'
        ) }}
        -- a former customer's new contract may still be about to start
        and (
            judged.won_date <= coverage.ended_date
            or judged.kept_until_date <= judged.as_of_date
        )
    left join stated_churn
        on judged.account_key = stated_churn.account_key
        and stated_churn.churned_date between judged.won_date and judged.judged_date
    where coverage.account_key is not null or stated_churn.account_key is not null

),

final as (

    select
        judged.deal_key,
        judged.account_key,
        judged.won_date,
        judged.kept_until_date,
        lost_again.deal_key is null as is_kept,
        lost_again.deal_key is null and judged.kept_until_date > judged.as_of_date
            as is_provisional
    from judged
    left join lost_again on judged.deal_key = lost_again.deal_key

)

select * from final
