-- Question: which deals were there, and which partner is stated to have brought them?
-- Grain: deal. The field on the deal wins over a stated sourcing role; of several roles
-- the primary, then the earliest.
with

opportunities as (

    select * from {{ ref('stg_opportunities') }}

),

members as (

    select stream, source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}

),

sourcing_roles as (

    select
        deal_key,
        partner_key,
        cast(declared_at as date) as declared_date,
        row_number() over (
            partition by deal_key
            order by
                case when is_primary then 0 else 1 end,
                case when declared_at is null then 1 else 0 end,
                declared_at,
                partner_key
        ) as role_order
    from {{ ref('int_deal_roles') }}
    where role = 'sourcing'

),

keyed as (

    select
        {{ surrogate_key([
            "'deal'", 'opportunities.source', 'opportunities.source_id'
        ]) }} as deal_key,
        account.organisation_key as account_key,
        sourcer.organisation_key as stated_sourcer_key,
        coalesce(opportunities.kind, 'new') as kind,
        opportunities.amount,
        opportunities.status,
        opportunities.created_at,
        opportunities.qualified_at,
        opportunities.closed_at
    from opportunities
    inner join members as account
        on account.stream = 'accounts'
        and opportunities.account_source = account.source
        and opportunities.account_id = account.source_id
    left join members as sourcer
        on sourcer.stream = 'partners'
        and opportunities.sourced_by_partner_source = sourcer.source
        and opportunities.sourced_by_partner_id = sourcer.source_id

),

final as (

    select
        keyed.deal_key,
        keyed.account_key,
        keyed.kind,
        keyed.amount,
        keyed.status,
        keyed.created_at,
        keyed.qualified_at,
        keyed.closed_at,
        coalesce(keyed.stated_sourcer_key, sourcing_roles.partner_key)
            as sourced_by_partner_key,
        case
            when keyed.stated_sourcer_key is null
                and sourcing_roles.declared_date > cast(keyed.created_at as date)
                then sourcing_roles.declared_date
            else cast(keyed.created_at as date)
        end as sourced_known_date
    from keyed
    left join sourcing_roles
        on keyed.deal_key = sourcing_roles.deal_key
        and sourcing_roles.role_order = 1

)

select * from final
