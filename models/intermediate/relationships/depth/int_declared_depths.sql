-- Question: which level of depth is stated of a partner at an account, from when to
-- when? Grain: stated tie or role. A tie without a beginning always stood, a role is
-- none before its deal was created.
with

ties as (

    select * from {{ ref('int_partner_ties') }}

),

roles as (

    select deal_role_key, deal_key, partner_key, role, declared_at
    from {{ ref('int_deal_roles') }}

),

deals as (

    select deal_key, account_key, created_at from {{ ref('int_deals') }}

),

stated as (

    select
        tie_key as statement_key,
        partner_key,
        account_key,
        kind,
        is_restricted,
        coalesce(started_date, cast('1900-01-01' as date)) as from_date,
        coalesce(ended_date, cast('9999-12-31' as date)) as until_date
    from ties
    union all
    select
        roles.deal_role_key as statement_key,
        roles.partner_key,
        deals.account_key,
        {{ dbt.concat(["'role_'", 'roles.role']) }} as kind,
        false as is_restricted,
        cast(case
            when roles.declared_at > deals.created_at then roles.declared_at
            else deals.created_at
        end as date) as from_date,
        cast('9999-12-31' as date) as until_date
    from roles
    inner join deals on roles.deal_key = deals.deal_key

),

final as (

    select
        stated.statement_key,
        stated.partner_key,
        stated.account_key,
        stated.kind,
        stated.is_restricted,
        levels.level,
        stated.from_date,
        stated.until_date
    from stated
    inner join {{ ref('declared_depths') }} as levels on stated.kind = levels.kind

)

select * from final
