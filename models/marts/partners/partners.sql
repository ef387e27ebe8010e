-- Question: which partners are there, and where have they been?
-- Grain: partner, and the row `own_team`.
with

organisations as (

    select * from {{ ref('stg_organisations') }}
    where is_partner

),

accounts as (

    select account_key from {{ ref('int_accounts') }}

),

partner_accounts as (

    select partner_key, count(*) as n_accounts
    from {{ ref('int_partner_accounts') }}
    group by partner_key

),

touches as (

    select
        partner_key,
        count(*) as n_touches,
        min(occurred_at) as first_touch_at,
        max(occurred_at) as last_touch_at
    from {{ ref('int_touches') }}
    group by partner_key

),

named as (

    select
        organisations.organisation_key as partner_key,
        coalesce(organisations.partner_name, organisations.organisation_name)
            as partner_name,
        organisations.partner_type,
        organisations.tier,
        organisations.domain,
        organisations.country,
        cast(organisations.joined_at as date) as joined_date,
        accounts.account_key is not null as is_also_customer
    from organisations
    left join accounts on organisations.organisation_key = accounts.account_key
    union all
    select
        'own_team' as partner_key,
        'Own team' as partner_name,
        cast(null as {{ type_text() }}) as partner_type,
        cast(null as {{ type_text() }}) as tier,
        cast(null as {{ type_text() }}) as domain,
        cast(null as {{ type_text() }}) as country,
        cast(null as date) as joined_date,
        false as is_also_customer

),

final as (

    select
        named.partner_key,
        named.partner_name,
        named.partner_type,
        named.tier,
        named.domain,
        named.country,
        named.joined_date,
        named.is_also_customer,
        cast(coalesce(partner_accounts.n_accounts, 0) as {{ dbt.type_bigint() }})
            as n_accounts,
        cast(coalesce(touches.n_touches, 0) as {{ dbt.type_bigint() }}) as n_touches,
        touches.first_touch_at,
        touches.last_touch_at
    from named
    left join partner_accounts on named.partner_key = partner_accounts.partner_key
    left join touches on named.partner_key = touches.partner_key

)

select * from final
