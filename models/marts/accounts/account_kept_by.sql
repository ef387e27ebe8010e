-- Question: who kept this customer, and who had gone quiet before it was lost?
-- Grain: account and partner. Partners that only restricted touches show are one row,
-- `restricted`, so that shares still add up and nobody is named.
with

accounts as (

    select * from {{ ref('int_accounts_kept') }}

),

attended as (

    select
        attended.*,
        sum(credit) over (partition by account_key) as account_credit,
        case
            when partner_key = 'own_team'
                or last_open_touch_at is not null
                or tied_date is not null
                or is_sourcer
                then partner_key
            else 'restricted'
        end as shown_key
    from {{ ref('int_accounts_attended') }} as attended

),

sourcers as (

    select account_key from {{ ref('int_account_sourcers') }}

),

rescues as (

    select account_key, partner_key, count(*) as n_rescues
    from {{ ref('int_rescues') }}
    group by account_key, partner_key

),

scored as (

    select distinct account_key from {{ ref('int_scores') }}
    where model = 'risk' and is_in_force

),

pooled as (

    select
        attended.account_key,
        attended.shown_key as partner_key,
        max(attended.account_credit) as account_credit,
        sum(attended.credit) as credit,
        sum(attended.n_touches_after_live) as n_touches_after_live,
        max(attended.last_touched_date) as last_touched_date,
        max(attended.last_open_touch_at) as last_open_touch_at,
        max(attended.tied_date) as tied_date,
        max(case when attended.is_sourcer then 1 else 0 end) as is_sourcer,
        sum(case
            when scored.account_key is not null then coalesce(rescues.n_rescues, 0)
        end) as n_rescues
    from attended
    left join rescues
        on attended.account_key = rescues.account_key
        and attended.partner_key = rescues.partner_key
    left join scored on attended.account_key = scored.account_key
    group by attended.account_key, attended.shown_key

),

dated as (

    select
        pooled.*,
        accounts.is_alive_18m,
        accounts.churned_date,
        -- where nothing was ever seen, it was quiet from the day it could have begun
        coalesce(
            cast(pooled.last_open_touch_at as date),
            case when pooled.tied_date > accounts.live_date then pooled.tied_date end,
            accounts.live_date
        ) as last_seen_date,
        case when sourcers.account_key is not null then pooled.is_sourcer end
            as sourced_share
    from pooled
    inner join accounts on pooled.account_key = accounts.account_key
    left join sourcers on pooled.account_key = sourcers.account_key

),

final as (

    select
        account_key,
        partner_key,
        cast(sourced_share as {{ type_double() }}) as sourced_share,
        cast(coalesce(credit, 0) / nullif(account_credit, 0) as {{ type_double() }})
            as kept_share,
        {{ whole('n_touches_after_live') }} as n_touches_after_live,
        last_open_touch_at as last_touch_at,
        case
            when partner_key <> 'restricted'
                and {{ dbt.datediff(
                    'coalesce(last_touched_date, last_seen_date)',
                    'churned_date',
                    'day'
                ) }} > {{ rule('quiet_days') }}
                then last_seen_date
        end as quiet_since_date,
        {{ whole('n_rescues') }} as n_rescues,
        is_alive_18m,
        churned_date
    from dated

)

select * from final
