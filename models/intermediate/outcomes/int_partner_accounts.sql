-- Question: since when has a partner been at an account, in whatever way?
-- Grain: partner and account.
with

met as (

    select
        partner_key,
        account_key,
        cast(occurred_at as date) as met_date,
        is_restricted
    from {{ ref('int_touches') }}
    union all
    select
        partner_key,
        account_key,
        coalesce(started_date, cast('1900-01-01' as date)) as met_date,
        is_restricted
    from {{ ref('int_ties') }}
    union all
    select
        sourced_by_partner_key,
        account_key,
        coalesce(sourced_known_date, cast('1900-01-01' as date)) as met_date,
        false as is_restricted
    from {{ ref('int_deals') }}
    where sourced_by_partner_key is not null

),

final as (

    select
        partner_key,
        account_key,
        min(met_date) as first_met_date,
        min(case when is_restricted then null else met_date end) as first_shown_date
    from met
    where partner_key is not null
    group by partner_key, account_key

)

select * from final
