-- Question: when did an account look for a solution, and what did it come to?
-- Grain: search, the new-business deals of an account that ran side by side. It ends
-- with the first deal won; it is lost when all of them are.
with

deals as (

    select
        deal_key,
        account_key,
        status,
        cast(created_at as date) as created_date,
        cast(closed_at as date) as closed_date,
        coalesce(cast(closed_at as date), cast('9999-12-31' as date)) as until_date
    from {{ ref('int_deals') }}
    -- what closed on an unknown day has no duration
    where kind = 'new' and (status = 'open' or closed_at is not null)

),

ordered as (

    select
        deals.*,
        max(until_date) over (
            partition by account_key order by created_date, until_date, deal_key
            rows between unbounded preceding and 1 preceding
        ) as open_until_date
    from deals

),

numbered as (

    select
        ordered.*,
        sum(
            case
                when open_until_date is null or created_date > open_until_date then 1
                else 0
            end
        ) over (
            partition by account_key order by created_date, until_date, deal_key
            rows between unbounded preceding and current row
        ) as search_number
    from ordered

),

selecting as (

    select
        numbered.*,
        row_number() over (
            partition by account_key, search_number
            order by
                case when status = 'won' then 0 else 1 end, closed_date, deal_key
        ) as selecting_order,
        row_number() over (
            partition by account_key, search_number
            order by created_date, until_date, deal_key
        ) as search_order
    from numbered

),

searches as (

    select
        account_key,
        search_number,
        min(case when search_order = 1 then deal_key end) as first_deal_key,
        min(created_date) as created_date,
        max(case when selecting_order = 1 and status = 'won' then deal_key end)
            as won_deal_key,
        max(case when selecting_order = 1 and status = 'won' then closed_date end)
            as won_date,
        max(case when status = 'open' then 1 else 0 end) as is_open,
        max(closed_date) as last_closed_date
    from selecting
    group by account_key, search_number

),

final as (

    select
        {{ surrogate_key(["'search'", 'first_deal_key']) }} as search_key,
        account_key,
        search_number,
        created_date,
        won_deal_key,
        case
            when won_deal_key is not null then 'won'
            when is_open = 1 then 'open'
            else 'lost'
        end as status,
        case
            when won_deal_key is not null then won_date
            when is_open = 0 then last_closed_date
        end as closed_date,
        lag(last_closed_date) over (
            partition by account_key order by search_number
        ) as previous_closed_date
    from searches

)

select * from final
