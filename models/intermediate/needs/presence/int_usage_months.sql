-- Question: on which day of each month was a product last used at an account? Grain:
-- account, product and month. Usage that names no product has the product (none).
with

usage_days as (

    select * from {{ ref('stg_usage') }}

),

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

{# to the source's own account first: there are far more days than accounts #}
monthly as (

    select
        account_source,
        account_id,
        coalesce(lower(trim(product)), '(none)') as product,
        cast({{ dbt.date_trunc('month', 'day') }} as date) as month_date,
        max(day) as last_used_date
    from usage_days
    where coalesce(active_users, events, 0) > 0
    group by
        account_source,
        account_id,
        coalesce(lower(trim(product)), '(none)'),
        cast({{ dbt.date_trunc('month', 'day') }} as date)

),

final as (

    select
        members.organisation_key as account_key,
        monthly.product,
        monthly.month_date,
        max(monthly.last_used_date) as last_used_date
    from monthly
    inner join members
        on monthly.account_source = members.source
        and monthly.account_id = members.source_id
    group by members.organisation_key, monthly.product, monthly.month_date

)

select * from final
