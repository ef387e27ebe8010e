-- Question: since when is anything known of partners at an account? Grain: account with
-- a touch of a partner, a declared tie or an integration. Before that, nothing seen
-- there says that no partner is.
with

signs as (

    select account_key, cast(occurred_at as date) as sign_date
    from {{ ref('int_touches') }}
    where actor = 'partner'
    union all
    select
        account_key,
        coalesce(started_date, cast('1900-01-01' as date)) as sign_date
    from {{ ref('int_ties_declared') }}
    union all
    select account_key, on_date as sign_date
    from {{ ref('int_solutions_on') }}

),

final as (

    select account_key, min(sign_date) as sign_date
    from signs
    group by account_key

)

select * from final
