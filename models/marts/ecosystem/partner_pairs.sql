-- Question: which two partners serve the same customers, and which could refer the
-- other to one it does not serve? Grain: two partners, the lesser key first. Restricted
-- ties count, and a pair known by them alone is not listed.
with

pairs as (

    select * from {{ ref('int_partner_pairs') }}

),

partners as (

    select partner_key, partner_name from {{ ref('partners') }}

),

merged as (

    select
        case when partner_key < other_partner_key then partner_key
            else other_partner_key
        end as partner_key,
        case when partner_key < other_partner_key then other_partner_key
            else partner_key
        end as other_partner_key,
        max(n_shared) as shared_accounts,
        sum(n_to_other) as could_refer_accounts,
        sum(case when partner_key < other_partner_key then n_to_other else 0 end)
            as n_to_other,
        sum(case when partner_key > other_partner_key then n_to_other else 0 end)
            as n_from_other,
        max(case when is_shown then 1 else 0 end) as shown
    from pairs
    group by
        case when partner_key < other_partner_key then partner_key
            else other_partner_key
        end,
        case when partner_key < other_partner_key then other_partner_key
            else partner_key
        end

),

final as (

    select
        merged.partner_key,
        partners.partner_name,
        merged.other_partner_key,
        others.partner_name as other_partner_name,
        {{ whole('merged.shared_accounts') }} as shared_accounts,
        {{ whole('merged.could_refer_accounts') }} as could_refer_accounts,
        {{ whole('merged.n_to_other') }} as n_to_other,
        {{ whole('merged.n_from_other') }} as n_from_other
    from merged
    inner join partners on merged.partner_key = partners.partner_key
    inner join partners as others on merged.other_partner_key = others.partner_key
    where merged.shown = 1

)

select * from final
