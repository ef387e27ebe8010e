-- Question: which partners were at a live account on a month-end, seen lately or not?
-- Grain: month-end, account and partner seen or tied. There by a standing tie, or by a
-- touch that was not acquisition, within a year and after the last tie ended.
with

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

live as (

    select as_of_date, account_key from {{ ref('int_live_accounts') }}

),

touches as (

    select
        touches.account_key,
        touches.partner_key,
        {{ dbt.date_trunc('month', 'touches.occurred_at') }} as month_at,
        max(cast(touches.occurred_at as date)) as touch_date,
        max(case
            when not types.is_acquisition_type then cast(touches.occurred_at as date)
        end) as service_date
    from {{ ref('int_touches') }} as touches
    inner join {{ ref('touch_types') }} as types
        on touches.touch_type = types.touch_type
    where touches.actor = 'partner'
    group by
        touches.account_key,
        touches.partner_key,
        {{ dbt.date_trunc('month', 'touches.occurred_at') }}

),

seen as (

    select
        month_ends.as_of_date,
        touches.account_key,
        touches.partner_key,
        touches.touch_date,
        touches.service_date,
        0 as is_tied,
        cast(null as date) as tie_ended_date
    from touches
    inner join month_ends
        on touches.touch_date <= month_ends.as_of_date
        and month_ends.as_of_date
        <= {{ add_days('touches.touch_date', rule('partner_presence_days')) }}
    union all
    select
        month_ends.as_of_date,
        ties.account_key,
        ties.partner_key,
        cast(null as date) as touch_date,
        cast(null as date) as service_date,
        case when ties.ended_date < month_ends.as_of_date then 0 else 1 end as is_tied,
        case when ties.ended_date < month_ends.as_of_date then ties.ended_date end
            as tie_ended_date
    from {{ ref('int_ties_declared') }} as ties
    inner join month_ends
        on coalesce(ties.started_date, cast('1900-01-01' as date))
        <= month_ends.as_of_date
    where ties.partner_key is not null

),

summed as (

    select
        seen.as_of_date,
        seen.account_key,
        seen.partner_key,
        max(seen.touch_date) as touch_date,
        max(seen.service_date) as service_date,
        max(seen.is_tied) as is_tied,
        max(seen.tie_ended_date) as tie_ended_date
    from seen
    inner join live
        on seen.as_of_date = live.as_of_date
        and seen.account_key = live.account_key
    group by seen.as_of_date, seen.account_key, seen.partner_key

),

final as (

    select
        as_of_date,
        account_key,
        partner_key,
        is_tied = 1
        or coalesce(
            service_date > coalesce(tie_ended_date, cast('1900-01-01' as date))
            and as_of_date
            <= {{ add_days('service_date', rule('partner_presence_days')) }},
            false
        ) as is_present,
        coalesce(
            as_of_date
            <= {{ add_days('touch_date', rule('coverage_verified_days')) }}, false
        ) as is_verified
    from summed

)

select * from final
