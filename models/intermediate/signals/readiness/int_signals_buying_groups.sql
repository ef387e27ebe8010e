-- Question: how many people stand behind an account's open and late deals? Grain:
-- month-end and account. Somebody is known on a deal no sooner than the deal and the
-- position are; no deal is no person, not an unknown number.
with

months as (

    select as_of_date, account_key from {{ ref('int_account_months') }}

),

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

starts as (

    select opportunity_people_from_date
    from {{ ref('int_stream_starts') }}

),

deals as (

    select
        deal_key,
        account_key,
        cast(created_at as date) as created_date,
        case
            when status <> 'open' then {{ add_days(
                'coalesce(closed_at, created_at)', rule('recent_deal_days')
            ) }}
        end as until_date
    from {{ ref('int_deals') }}
    where kind <> 'renewal'

),

named as (

    select distinct
        deals.deal_key,
        deals.account_key,
        members.person_key,
        coalesce(deal_people.role, 'other') in ('decision_maker', 'economic_buyer')
            as is_deciding,
        cast(greatest(
            coalesce(deal_people.added_at, deals.created_date),
            coalesce(positions.started_at, deals.created_date),
            deals.created_date
        ) as date) as added_date,
        deals.until_date
    from {{ ref('stg_opportunity_people') }} as deal_people
    inner join deals
        on deals.deal_key = {{ surrogate_key([
            "'deal'", 'deal_people.opportunity_source', 'deal_people.opportunity_id'
        ]) }}
    inner join {{ ref('stg_people') }} as positions
        on deal_people.person_source = positions.source
        and deal_people.person_id = positions.source_id
    inner join {{ ref('stg_person_members') }} as members
        on deal_people.person_source = members.source
        and deal_people.person_id = members.source_id

),

grouped as (

    select
        month_ends.as_of_date,
        named.account_key,
        count(distinct named.person_key) as n_persons,
        count(distinct case when named.is_deciding then named.person_key end)
            as n_deciding
    from named
    inner join month_ends
        on {{ in_force(
            'month_ends.as_of_date', 'named.added_date', 'named.until_date'
        ) }}
    group by month_ends.as_of_date, named.account_key

),

final as (

    select
        months.as_of_date,
        months.account_key,
        coalesce(grouped.n_persons, 0) as buying_group_size,
        coalesce(grouped.n_deciding, 0) as decision_makers
    from months
    inner join starts on months.as_of_date >= starts.opportunity_people_from_date
    left join grouped
        on months.as_of_date = grouped.as_of_date
        and months.account_key = grouped.account_key

)

select * from final
