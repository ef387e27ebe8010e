-- Question: did a customer's champion leave, and is there one? Grain: month-end and
-- customer with a person on record. By records rather than merged positions: what is
-- stated later must not undo an end. Who holds another position there has not left.
with

months as (

    select as_of_date, account_key
    from {{ ref('int_account_months') }}
    where is_customer

),

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

held as (

    select
        organisation_key as account_key,
        person_key,
        coalesce(role, 'other') as role,
        coalesce(cast(started_at as date), cast('1900-01-01' as date)) as from_date,
        coalesce(cast(ended_at as date), cast('9999-12-31' as date)) as until_date
    from {{ ref('int_positions_held') }}

),

seen as (

    select account_key, min(from_date) as seen_date
    from held
    group by account_key

),

champions as (

    select distinct account_key, person_key
    from held
    where role = 'champion'

),

records as (

    select held.*
    from held
    inner join champions
        on held.account_key = champions.account_key
        and held.person_key = champions.person_key

),

persons as (

    select
        month_ends.as_of_date,
        records.account_key,
        records.person_key,
        max(case when records.role = 'champion' then 1 else 0 end) as was_champion,
        max(case
            when records.role = 'champion'
                and records.until_date > month_ends.as_of_date then 1
            else 0
        end) as is_champion,
        max(records.until_date) as until_date
    from records
    inner join month_ends on records.from_date <= month_ends.as_of_date
    group by month_ends.as_of_date, records.account_key, records.person_key

),

summed as (

    select
        as_of_date,
        account_key,
        sum(is_champion) as n_champions,
        max(case
            when was_champion = 1 and until_date <= as_of_date then until_date
        end) as left_date
    from persons
    group by as_of_date, account_key

),

final as (

    select
        months.as_of_date,
        months.account_key,
        coalesce(summed.n_champions, 0) as champions_present,
        case
            when months.as_of_date
                <= {{ add_days('summed.left_date', rule('champion_left_within_days')) }}
                then {{ dbt.datediff('summed.left_date', 'months.as_of_date', 'day') }}
        end as champion_left_days,
        summed.left_date as champion_left_date
    from months
    inner join seen
        on months.account_key = seen.account_key
        and months.as_of_date >= seen.seen_date
    left join summed
        on months.as_of_date = summed.as_of_date
        and months.account_key = summed.account_key

)

select * from final
