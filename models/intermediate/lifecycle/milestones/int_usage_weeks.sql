-- Question: how much did an account use the product in a week? Grain: account and week.
with

usage_days as (

    select * from {{ ref('stg_usage') }}

),

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

final as (

    select
        members.organisation_key as account_key,
        cast({{ dbt.date_trunc('week', 'usage_days.day') }} as date) as week_date,
        min(usage_days.day) as first_day,
        max(usage_days.active_users) as active_users
    from usage_days
    inner join members
        on usage_days.account_source = members.source
        and usage_days.account_id = members.source_id
    where coalesce(usage_days.active_users, usage_days.events, 0) > 0
    group by
        members.organisation_key,
        cast({{ dbt.date_trunc('week', 'usage_days.day') }} as date)

)

select * from final
