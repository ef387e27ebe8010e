-- Question: how long did each account that is new look for the right solution?
-- Grain: search that lasted to its landmark. Need is the first deal's creation or what
-- was stated shortly before; a wrong selection is one never found.
with

searches as (

    select
        searches.*,
        {{ add_days('created_date', '-1 * ' ~ rule('deal_lookback_days')) }}
            as stated_from_date
    from {{ ref('int_searches') }} as searches

),

stated as (

    select account_key, stated_date from {{ ref('int_stated_needs') }}

),

needed as (

    select searches.search_key, min(stated.stated_date) as stated_date
    from searches
    inner join stated
        on searches.account_key = stated.account_key
        and searches.stated_from_date <= stated.stated_date
        and searches.created_date >= stated.stated_date
        and (
            searches.previous_closed_date is null
            or searches.previous_closed_date < stated.stated_date
        )
    group by searches.search_key

),

customers as (

    select account_key, min(cast(occurred_at as date)) as selected_date
    from {{ ref('int_milestones') }}
    where milestone = 'selected'
    group by account_key

),

timed as (

    select
        searches.search_key,
        searches.account_key,
        searches.won_deal_key,
        searches.status,
        searches.created_date,
        coalesce(needed.stated_date, searches.created_date) as need_date,
        coalesce(searches.closed_date, as_of.as_of_date) as until_date
    from searches
    cross join {{ ref('stg_as_of') }} as as_of
    left join needed on searches.search_key = needed.search_key

),

judged as (

    select
        timed.*,
        accounts.segment,
        coalesce(kept.is_provisional, false) as is_provisional,
        {{ dbt.datediff(
            'timed.need_date', 'timed.until_date', 'day'
        ) }} as days,
        case
            when timed.status <> 'won' then timed.status
            when not kept.is_kept then 'wrong'
            else 'found'
        end as outcome
    from timed
    inner join {{ ref('int_accounts') }} as accounts
        on timed.account_key = accounts.account_key
    left join customers on timed.account_key = customers.account_key
    left join {{ ref('int_deals_kept') }} as kept
        on timed.won_deal_key = kept.deal_key
    where
        customers.selected_date is null
        or customers.selected_date >= timed.created_date

),

final as (

    select
        search_key,
        account_key,
        segment,
        need_date,
        {{ add_days('need_date', rule('discovery_landmark_days')) }} as landmark_date,
        until_date,
        status,
        case
            when outcome = 'found' and days > {{ rule('deal_horizon_days') }}
                then 'late'
            else outcome
        end as outcome,
        is_provisional,
        cast(case
            when outcome in ('wrong', 'lost') or days > {{ rule('deal_horizon_days') }}
                then {{ rule('deal_horizon_days') }}
            else days
        end as {{ type_double() }}) as time_days,
        case
            when outcome = 'found' and days <= {{ rule('deal_horizon_days') }} then 1
            else 0
        end as is_found
    from judged
    where days >= {{ rule('discovery_landmark_days') }}

)

select * from final
