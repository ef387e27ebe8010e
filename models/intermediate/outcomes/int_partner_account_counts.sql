-- Question: how many accounts had each partner met by each month-end?
-- Grain: month-end and partner that had met one.
with

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

partner_accounts as (

    select partner_key, first_met_date from {{ ref('int_partner_accounts') }}

),

final as (

    select
        month_ends.as_of_date,
        partner_accounts.partner_key,
        count(*) as n_accounts
    from month_ends
    inner join partner_accounts
        on month_ends.as_of_date >= partner_accounts.first_met_date
    group by month_ends.as_of_date, partner_accounts.partner_key

)

select * from final
