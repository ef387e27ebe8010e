-- Question: which customers were still there at month eighteen, and which were lost?
-- Grain: account that was there then, or was lost after it went live. Whether it was
-- there is null while month eighteen lies ahead.
with

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

live as (

    select
        milestones.account_key,
        as_of.as_of_date,
        cast(milestones.live_at as date) as live_date,
        {{ add_months('milestones.live_at', rule('kept_months')) }} as landmark_date,
        case
            when milestones.churned_at >= milestones.live_at
                and cast(milestones.churned_at as date) <= as_of.as_of_date
                then cast(milestones.churned_at as date)
        end as churned_date
    from {{ ref('int_account_milestones') }} as milestones
    inner join as_of on cast(milestones.live_at as date) <= as_of.as_of_date

),

{# a stated churn counts also where the contract ran on #}
there as (

    select distinct live.account_key
    from live
    inner join {{ ref('int_coverage') }} as coverage
        on live.account_key = coverage.account_key
        and live.landmark_date >= coverage.started_date
        and (coverage.ended_date is null or live.landmark_date < coverage.ended_date)
    where live.churned_date is null or live.churned_date > live.landmark_date

),

judged as (

    select
        live.account_key,
        live.live_date,
        live.landmark_date,
        live.churned_date,
        coalesce(live.churned_date, live.as_of_date) as watched_until_date,
        case
            when live.landmark_date <= live.as_of_date
                then there.account_key is not null
        end as is_alive_18m
    from live
    left join there on live.account_key = there.account_key

),

final as (

    select * from judged
    where is_alive_18m or churned_date is not null

)

select * from final
