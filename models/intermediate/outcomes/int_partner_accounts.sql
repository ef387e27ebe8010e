-- Question: since when has a partner been at an account, in whatever way?
-- Grain: partner and account.
with

met as (

    select partner_key, account_key, cast(occurred_at as date) as met_date
    from {{ ref('int_touches') }}
    union all
    select partner_key, account_key, started_date
    from {{ ref('int_ties') }}
    union all
    select sourced_by_partner_key, account_key, sourced_known_date
    from {{ ref('int_deals') }}
    where sourced_by_partner_key is not null

),

final as (

    select
        partner_key,
        account_key,
        min(coalesce(met_date, cast('1900-01-01' as date))) as first_met_date
    from met
    where partner_key is not null
    group by partner_key, account_key

)

select * from final
