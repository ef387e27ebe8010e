-- Question: since when is an account known, and since when a customer? Grain: account.
-- A record of a mere partner makes no account before it buys; a deal or contract is
-- known no sooner than the record it hangs on. customer_date: first contract or churn.
with

accounts as (

    select account_key, segment from {{ ref('int_accounts') }}

),

records as (

    select
        members.organisation_key as account_key,
        coalesce(cast(records.created_at as date), cast('1900-01-01' as date))
            as created_date,
        coalesce(records.account_type, 'other') not in ('partner', 'own') as is_account
    from {{ ref('stg_accounts') }} as records
    inner join {{ ref('stg_organisation_members') }} as members
        on members.stream = 'accounts'
        and records.source = members.source
        and records.source_id = members.source_id

),

created as (

    select
        account_key,
        min(created_date) as first_created_date,
        min(case when is_account then created_date end) as account_created_date
    from records
    group by account_key

),

terms as (

    select account_key, term_start_date, is_paid from {{ ref('int_terms') }}

),

bought as (

    select account_key, cast(created_at as date) as bought_date
    from {{ ref('int_deals') }}
    union all
    select account_key, term_start_date as bought_date
    from terms

),

first_bought as (

    select account_key, min(bought_date) as bought_date
    from bought
    group by account_key

),

was as (

    select account_key, term_start_date as customer_date
    from terms
    where is_paid
    union all
    select account_key, churned_date as customer_date
    from {{ ref('int_churns_stated') }}

),

first_was as (

    select account_key, min(customer_date) as customer_date
    from was
    group by account_key

),

final as (

    select
        accounts.account_key,
        accounts.segment,
        first_was.customer_date,
        case
            when first_bought.bought_date is null then created.account_created_date
            when created.account_created_date <= first_bought.bought_date
                then created.account_created_date
            when first_bought.bought_date < created.first_created_date
                then created.first_created_date
            else first_bought.bought_date
        end as known_date
    from accounts
    inner join created on accounts.account_key = created.account_key
    left join first_bought on accounts.account_key = first_bought.account_key
    left join first_was on accounts.account_key = first_was.account_key

)

select * from final
