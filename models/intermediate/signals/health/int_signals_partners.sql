-- Question: which partners does an account have, and how deep? Grain: month-end and
-- account. Ties of any kind count for all accounts, hidden ones (not shared, unknown)
-- never; who is there, and how deep, is asked of customers.
with

months as (

    select as_of_date, account_key, is_customer from {{ ref('int_account_months') }}

),

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

starts as (

    select relationships_from_date from {{ ref('int_stream_starts') }}

),

live as (

    select as_of_date, account_key, shows_partners from {{ ref('int_live_accounts') }}

),

present as (

    select as_of_date, account_key, count(*) as n_partners
    from {{ ref('int_partner_presence') }}
    where is_present
    group by as_of_date, account_key

),

depths as (

    select as_of_date, account_key, max(level) as level
    from {{ ref('int_depths') }}
    group by as_of_date, account_key

),

tied as (

    select
        month_ends.as_of_date,
        ties.account_key,
        count(distinct ties.partner_key) as n_partners
    from {{ ref('int_partner_ties') }} as ties
    inner join month_ends
        on coalesce(ties.started_date, cast('1900-01-01' as date))
        <= month_ends.as_of_date
        and month_ends.as_of_date
        <= coalesce(ties.ended_date, cast('9999-12-31' as date))
    where not ties.is_hidden
    group by month_ends.as_of_date, ties.account_key

),

technologies as (

    select
        month_ends.as_of_date,
        ties.account_key,
        count(distinct ties.solution_key) as n_solutions
    from {{ ref('int_ties_declared') }} as ties
    inner join month_ends
        on coalesce(ties.started_date, cast('1900-01-01' as date))
        <= month_ends.as_of_date
        and month_ends.as_of_date
        <= coalesce(ties.ended_date, cast('9999-12-31' as date))
    where ties.solution_key is not null
    group by month_ends.as_of_date, ties.account_key

),

final as (

    select
        months.as_of_date,
        months.account_key,
        case when live.shows_partners then coalesce(present.n_partners, 0) end
            as partners_live,
        case when months.is_customer then depths.level end as depth_max,
        case
            when starts.relationships_from_date <= months.as_of_date
                then coalesce(tied.n_partners, 0)
        end as partner_overlap,
        case
            when starts.relationships_from_date <= months.as_of_date
                then coalesce(technologies.n_solutions, 0)
        end as technologies_in_use
    from months
    cross join starts
    left join live
        on months.as_of_date = live.as_of_date
        and months.account_key = live.account_key
    left join present
        on months.as_of_date = present.as_of_date
        and months.account_key = present.account_key
    left join depths
        on months.as_of_date = depths.as_of_date
        and months.account_key = depths.account_key
    left join tied
        on months.as_of_date = tied.as_of_date
        and months.account_key = tied.account_key
    left join technologies
        on months.as_of_date = technologies.as_of_date
        and months.account_key = technologies.account_key

)

select * from final
