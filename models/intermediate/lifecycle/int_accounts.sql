-- Question: which organisations are customers or prospects, and in which segment?
-- Grain: account. A company's own segment wins; else size by employees, else by
-- revenue. A partner with a deal or a contract of its own is a customer too.
with

organisations as (

    select * from {{ ref('stg_organisations') }}

),

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

buyers as (

    select members.organisation_key
    from {{ ref('stg_opportunities') }} as opportunities
    inner join members
        on opportunities.account_source = members.source
        and opportunities.account_id = members.source_id
    union distinct
    select members.organisation_key
    from {{ ref('stg_subscriptions') }} as subscriptions
    inner join members
        on subscriptions.account_source = members.source
        and subscriptions.account_id = members.source_id

),

sized as (

    select
        organisations.*,
        case
            when organisations.employees < {{ rule('small_size_below') }} then 'small'
            when organisations.employees < {{ rule('mid_size_below') }} then 'mid'
            when organisations.employees is not null then 'large'
            when organisations.annual_revenue < {{ rule('small_revenue_below') }}
                then 'small'
            when organisations.annual_revenue < {{ rule('mid_revenue_below') }}
                then 'mid'
            when organisations.annual_revenue is not null then 'large'
            else 'unknown'
        end as size_band
    from organisations
    left join buyers on organisations.organisation_key = buyers.organisation_key
    where
        organisations.is_account
        or (buyers.organisation_key is not null and not organisations.is_own)

),

final as (

    select
        organisation_key as account_key,
        organisation_name as account_name,
        domain,
        country,
        industry,
        coalesce(segment, size_band) as segment,
        size_band,
        is_partner,
        n_source_records
    from sized

)

select * from final
