-- Question: how much of what its customers need does a partner meet, and how much would
-- be missing without it? Grain: partner, as of as_of_date. Its customers are the live
-- ones where it is present or meets a need and that have a score.
with

partners as (

    select partner_key, partner_name from {{ ref('partners') }}
    where partner_key <> 'own_team'

),

parts as (

    select partner_key, ecs_breadth, ecs_marginal, n_sole_needs
    from {{ ref('int_partner_account_ecs') }}
    where is_latest

),

summed as (

    select
        partner_key,
        count(ecs_breadth) as n_accounts,
        avg(ecs_breadth) as ecs_breadth,
        avg(ecs_marginal) as ecs_marginal,
        sum(case when n_sole_needs > 0 then 1 else 0 end) as n_sole_provider_accounts
    from parts
    group by partner_key

),

covered as (

    select provider_key as partner_key, count(distinct need) as needs_covered
    from {{ ref('int_need_providers') }}
    where is_latest and provider = 'partner'
    group by provider_key

),

final as (

    select
        partners.partner_key,
        partners.partner_name,
        {{ whole('coalesce(summed.n_accounts, 0)') }} as n_accounts,
        cast(summed.ecs_breadth as {{ type_double() }}) as ecs_breadth,
        cast(summed.ecs_marginal as {{ type_double() }}) as ecs_marginal,
        {{ whole('coalesce(covered.needs_covered, 0)') }} as needs_covered,
        {{ whole('coalesce(summed.n_sole_provider_accounts, 0)') }}
            as n_sole_provider_accounts,
        case
            when coalesce(summed.n_accounts, 0)
                < {{ rule('evidence_insufficient_below') }}
                then 'insufficient'
            when summed.n_accounts < {{ rule('evidence_provisional_below') }}
                then 'provisional'
            else 'solid'
        end as evidence
    from partners
    left join summed on partners.partner_key = summed.partner_key
    left join covered on partners.partner_key = covered.partner_key

)

select * from final
