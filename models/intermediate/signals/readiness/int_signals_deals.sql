-- Question: which deals does an account have, and which has it lost? Grain: month-end
-- and account. A deal is open until the day it closed; a lost renewal is no deal lost.
with

months as (

    select as_of_date, account_key from {{ ref('int_account_months') }}

),

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

starts as (

    select opportunities_from_date
    from {{ ref('int_stream_starts') }}

),

deals as (

    select
        account_key,
        status,
        cast(created_at as date) as created_date,
        case
            when status = 'open' then cast('9999-12-31' as date)
            else coalesce(cast(closed_at as date), cast(created_at as date))
        end as closed_date
    from {{ ref('int_deals') }}
    where kind <> 'renewal'

),

counted as (

    select
        month_ends.as_of_date,
        deals.account_key,
        sum(case when deals.closed_date > month_ends.as_of_date then 1 else 0 end)
            as n_open,
        sum(case
            when deals.status = 'lost' and deals.closed_date <= month_ends.as_of_date
                then 1
            else 0
        end) as n_lost
    from deals
    inner join month_ends on deals.created_date <= month_ends.as_of_date
    group by month_ends.as_of_date, deals.account_key

),

final as (

    select
        months.as_of_date,
        months.account_key,
        coalesce(counted.n_open, 0) as open_deals,
        coalesce(counted.n_lost, 0) as prior_deals_lost
    from months
    inner join starts on months.as_of_date >= starts.opportunities_from_date
    left join counted
        on months.as_of_date = counted.as_of_date
        and months.account_key = counted.account_key

)

select * from final
