-- Question: since when may it be shown that a partner is at an account?
-- Grain: partner and account. What is restricted counts in every sum and names nobody.
with

shown as (

    select partner_key, account_key, first_shown_date as shown_date
    from {{ ref('int_partner_accounts') }}
    where first_shown_date is not null
    union all
    select
        partner_key,
        account_key,
        coalesce(started_date, cast('1900-01-01' as date)) as shown_date
    from {{ ref('int_partner_ties') }}
    where not is_restricted
    union all
    select partner_key, account_key, from_date as shown_date
    from {{ ref('int_declared_depths') }}
    where not is_restricted

),

final as (

    select partner_key, account_key, min(shown_date) as first_shown_date
    from shown
    group by partner_key, account_key

)

select * from final
