-- Question: which two partners serve the same customers, and which could refer the
-- other to one? Grain: partner and another, both ways round. Customers with the same
-- open needs, and partners that cover the same ones, are counted together.
with

served as (

    select
        account_key,
        partner_key,
        case when is_open then 1 else 0 end as shown
    from {{ ref('int_customers_served') }}

),

account_sets as (

    select distinct account_key, open_set from {{ ref('int_customers_open_needs') }}

),

partner_sets as (

    select distinct partner_key, covered_set from {{ ref('int_partners_covering') }}

),

matches as (

    select * from {{ ref('int_need_set_matches') }}

),

served_sets as (

    select
        served.partner_key,
        account_sets.open_set,
        count(*) as n_accounts,
        sum(served.shown) as n_shown
    from served
    inner join account_sets on served.account_key = account_sets.account_key
    group by served.partner_key, account_sets.open_set

),

wanting as (

    select
        served_sets.partner_key,
        matches.covered_set,
        sum(served_sets.n_accounts) as n_accounts,
        sum(served_sets.n_shown) as n_shown
    from served_sets
    inner join matches on served_sets.open_set = matches.open_set
    group by served_sets.partner_key, matches.covered_set

),

both_serve as (

    select
        served.partner_key,
        others.partner_key as other_partner_key,
        count(*) as n_shared,
        sum(served.shown * others.shown) as n_shared_shown,
        sum(case when matches.open_set is null then 0 else 1 end) as n_had,
        sum(case when matches.open_set is null then 0 else served.shown end)
            as n_had_shown
    from served
    inner join served as others
        on served.account_key = others.account_key
        and served.partner_key <> others.partner_key
    left join account_sets on served.account_key = account_sets.account_key
    left join partner_sets on others.partner_key = partner_sets.partner_key
    left join matches
        on account_sets.open_set = matches.open_set
        and partner_sets.covered_set = matches.covered_set
    group by served.partner_key, others.partner_key

),

listed as (

    select
        wanting.partner_key,
        partner_sets.partner_key as other_partner_key,
        wanting.n_accounts as n_to_other,
        wanting.n_shown as n_to_other_shown,
        0 as n_shared,
        0 as n_shared_shown
    from wanting
    inner join partner_sets
        on wanting.covered_set = partner_sets.covered_set
        and wanting.partner_key <> partner_sets.partner_key
    union all
    select
        partner_key,
        other_partner_key,
        -n_had as n_to_other,
        -n_had_shown as n_to_other_shown,
        n_shared,
        n_shared_shown
    from both_serve

),

final as (

    select
        partner_key,
        other_partner_key,
        {{ whole('sum(n_shared)') }} as n_shared,
        {{ whole('sum(n_to_other)') }} as n_to_other,
        sum(n_shared_shown) + sum(n_to_other_shown) > 0 as is_shown
    from listed
    group by partner_key, other_partner_key

)

select * from final
