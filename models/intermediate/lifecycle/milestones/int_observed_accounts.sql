-- Question: since when would go-live, and use, of an account have been seen?
-- Grain: account with a record in a source that tells. Before that nothing seen is not
-- nothing done.
with

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

usage_sources as (

    select account_source, min(day) as observed_date
    from {{ ref('stg_usage') }}
    group by account_source

),

live_sources as (

    select account_source, min(cast(occurred_at as date)) as observed_date
    from {{ ref('stg_milestones') }}
    where milestone = 'go_live'
    group by account_source

),

sources as (

    select
        account_source,
        observed_date as usage_date,
        observed_date as live_date
    from usage_sources
    union all
    select
        account_source,
        cast(null as date) as usage_date,
        observed_date as live_date
    from live_sources

),

final as (

    select
        members.organisation_key as account_key,
        min(sources.usage_date) as usage_observed_from_date,
        min(sources.live_date) as live_observed_from_date
    from members
    inner join sources on members.source = sources.account_source
    group by members.organisation_key

)

select * from final
