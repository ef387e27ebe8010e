-- Question: when did an account give a reason to act, and when did the reason pass?
-- Grain: account, reason and day raised. Raised where it stands on a month-end and did
-- not on the one before; dated by the event behind it where one is known.
with

months as (

    select
        as_of_date,
        row_number() over (order by as_of_date) as month_number,
        lag(as_of_date) over (order by as_of_date) as month_before
    from {{ ref('int_month_ends') }}

),

firing as (

    select
        firing.account_key,
        firing.reason_code,
        firing.as_of_date,
        firing.event_date,
        months.month_number,
        months.month_number - row_number() over (
            partition by firing.account_key, firing.reason_code
            order by months.month_number
        ) as run_number
    from {{ ref('int_reasons_firing') }} as firing
    inner join months on firing.as_of_date = months.as_of_date

),

runs as (

    select
        account_key,
        reason_code,
        min(month_number) as first_month_number,
        max(month_number) as last_month_number,
        -- later events of a run raise nothing anew
        min(event_date) as event_date
    from firing
    group by account_key, reason_code, run_number

),

dated as (

    select
        runs.account_key,
        runs.reason_code,
        coalesce(runs.event_date, begun.as_of_date) as raised_date,
        coalesce(
            runs.event_date,
            {{ add_days('begun.month_before', 1) }},
            begun.as_of_date
        ) as possible_from_date,
        begun.as_of_date as first_month_end,
        cleared.as_of_date as cleared_date,
        -- a state that stood when history begins was raised on a day nobody knows
        coalesce(runs.event_date, begun.month_before) is not null as is_start_known
    from runs
    inner join months as begun on runs.first_month_number = begun.month_number
    left join months as cleared on runs.last_month_number + 1 = cleared.month_number

),

final as (

    -- one event may raise a reason that passes and comes back
    select
        account_key,
        reason_code,
        raised_date,
        min(possible_from_date) as possible_from_date,
        min(first_month_end) as first_month_end,
        case
            when count(cleared_date) = count(*) then max(cleared_date)
        end as cleared_date,
        max(case when is_start_known then 1 else 0 end) = 1 as is_start_known
    from dated
    group by account_key, reason_code, raised_date

)

select * from final
