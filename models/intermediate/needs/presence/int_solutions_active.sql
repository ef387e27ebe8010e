-- Question: which solutions were active at a live account on a month-end, and was that
-- seen? Grain: month-end, account and solution. Degree 1 where seen lately or switched
-- on, else the share of what is declared.
with

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

live as (

    select as_of_date, account_key from {{ ref('int_live_accounts') }}

),

solutions as (

    select distinct solution_key, provider, provider_key, product
    from {{ ref('int_solutions') }}

),

presence as (

    select * from {{ ref('int_partner_presence') }}

),

used as (

    select
        month_ends.as_of_date,
        usage_months.account_key,
        usage_months.product
    from {{ ref('int_usage_months') }} as usage_months
    inner join month_ends
        on usage_months.last_used_date <= month_ends.as_of_date
        and month_ends.as_of_date <= {{ add_days(
            'usage_months.last_used_date', rule('coverage_verified_days')
        ) }}
    group by
        month_ends.as_of_date,
        usage_months.account_key,
        usage_months.product

),

used_unnamed as (

    select * from used
    where product = '(none)'

),

declared as (

    select * from {{ ref('int_solutions_declared') }}

),

found as (

    select
        declared.as_of_date,
        declared.account_key,
        declared.solution_key,
        case
            when solutions.provider = 'partner' and presence.is_verified then 1
            when solutions.provider = 'vendor'
                and coalesce(used.product, used_unnamed.product) is not null then 1
            else 0
        end as is_verified
    from declared
    inner join solutions on declared.solution_key = solutions.solution_key
    left join used
        on declared.as_of_date = used.as_of_date
        and declared.account_key = used.account_key
        and solutions.product = used.product
    left join used_unnamed
        on declared.as_of_date = used_unnamed.as_of_date
        and declared.account_key = used_unnamed.account_key
    left join presence
        on declared.as_of_date = presence.as_of_date
        and declared.account_key = presence.account_key
        and solutions.provider_key = presence.partner_key
    union all
    select
        presence.as_of_date,
        presence.account_key,
        solutions.solution_key,
        case when presence.is_verified then 1 else 0 end as is_verified
    from presence
    inner join solutions on presence.partner_key = solutions.provider_key
    where presence.is_present
    union all
    select
        month_ends.as_of_date,
        integrations.account_key,
        integrations.solution_key,
        1 as is_verified
    from {{ ref('int_solutions_on') }} as integrations
    inner join month_ends
        on integrations.on_date <= month_ends.as_of_date
        and integrations.off_date > month_ends.as_of_date

),

final as (

    select
        found.as_of_date,
        found.account_key,
        found.solution_key,
        case
            when max(found.is_verified) = 1 then 1
            else {{ rule('declared_coverage_share') }}
        end as degree
    from found
    inner join live
        on found.as_of_date = live.as_of_date
        and found.account_key = live.account_key
    group by found.as_of_date, found.account_key, found.solution_key

)

select * from final
