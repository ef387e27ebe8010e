-- Question: at which accounts is a partner on record on each month-end?
-- Grain: month-end, partner and account not lost by then. A mere overlap of two lists
-- puts nobody on record (seed declared_depths does not list it).
with

month_ends as (

    select as_of_date, is_latest from {{ ref('int_month_ends') }}

),

partner_accounts as (

    select partner_key, account_key, first_met_date
    from {{ ref('int_partner_accounts') }}
    where partner_key <> 'own_team'

),

declared as (

    select partner_key, account_key, level, from_date, until_date
    from {{ ref('int_declared_depths') }}

),

losses as (

    select * from {{ ref('int_account_losses') }}

),

met as (

    select
        month_ends.as_of_date,
        month_ends.is_latest,
        partner_accounts.partner_key,
        partner_accounts.account_key,
        cast(null as {{ dbt.type_int() }}) as level_declared
    from partner_accounts
    inner join month_ends
        on partner_accounts.first_met_date <= month_ends.as_of_date
    union all
    select
        month_ends.as_of_date,
        month_ends.is_latest,
        declared.partner_key,
        declared.account_key,
        declared.level as level_declared
    from declared
    inner join month_ends
        on declared.from_date <= month_ends.as_of_date
        and declared.until_date >= month_ends.as_of_date

),

listed as (

    select
        as_of_date,
        is_latest,
        partner_key,
        account_key,
        max(level_declared) as level_declared
    from met
    group by as_of_date, is_latest, partner_key, account_key

),

lost as (

    select distinct month_ends.as_of_date, losses.account_key
    from losses
    inner join month_ends
        on losses.lost_from_date <= month_ends.as_of_date
        and (
            losses.lost_until_date is null
            or losses.lost_until_date > month_ends.as_of_date
        )

),

final as (

    select listed.*
    from listed
    left join lost
        on listed.as_of_date = lost.as_of_date
        and listed.account_key = lost.account_key
    where lost.account_key is null

)

select * from final
