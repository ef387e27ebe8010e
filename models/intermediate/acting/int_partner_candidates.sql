-- Question: which partners could step in at a customer in risk, and through whom?
-- Grain: customer in risk and partner there by a tie or a path that may be shown.
-- Restricted touches and ties make no candidate; they would name the partner.
with

accounts as (

    select account_key, as_of_date from {{ ref('int_accounts_in_risk') }}

),

touches as (

    select
        touches.account_key,
        touches.partner_key,
        cast(touches.occurred_at as date) as touch_date,
        case
            when not types.is_acquisition_type
                and cast(touches.occurred_at as date) >= {{ add_days(
                    'accounts.as_of_date', '-1 * ' ~ rule('partner_presence_days')
                ) }}
                then 1
            else 0
        end as is_recent_work
    from {{ ref('int_touches') }} as touches
    inner join accounts on touches.account_key = accounts.account_key
    inner join {{ ref('touch_types') }} as types
        on touches.touch_type = types.touch_type
    where touches.actor = 'partner' and not touches.is_restricted

),

worked as (

    select
        account_key,
        partner_key,
        max(is_recent_work) as is_recent_work,
        max(touch_date) as last_touch_date
    from touches
    group by account_key, partner_key

),

tied as (

    select distinct ties.account_key, ties.partner_key
    from {{ ref('int_ties') }} as ties
    inner join accounts
        on ties.account_key = accounts.account_key
        and accounts.as_of_date
        >= coalesce(ties.started_date, cast('1900-01-01' as date))
        and accounts.as_of_date
        <= coalesce(ties.ended_date, cast('9999-12-31' as date))
    where not ties.is_restricted and ties.partner_key is not null

),

{# known by both: what everybody calls present, and what may be shown #}
present as (

    select presence.account_key, presence.partner_key
    from {{ ref('int_partner_presence') }} as presence
    inner join accounts
        on presence.account_key = accounts.account_key
        and presence.as_of_date = accounts.as_of_date
    left join worked
        on presence.account_key = worked.account_key
        and presence.partner_key = worked.partner_key
    left join tied
        on presence.account_key = tied.account_key
        and presence.partner_key = tied.partner_key
    where
        presence.is_present
        and (worked.is_recent_work = 1 or tied.partner_key is not null)

),

paths as (

    select
        paths.account_key,
        paths.partner_key,
        paths.path_score,
        paths.path_text,
        paths.partner_person_key,
        paths.account_person_key
    from {{ ref('int_warm_paths') }} as paths
    inner join accounts on paths.account_key = accounts.account_key

),

pairs as (

    select account_key, partner_key from present
    union distinct
    select account_key, partner_key from paths
    where partner_key <> 'own_team'

),

final as (

    select
        pairs.account_key,
        pairs.partner_key,
        present.partner_key is not null as is_tied,
        worked.last_touch_date,
        paths.path_score,
        paths.path_text,
        paths.partner_person_key,
        paths.account_person_key
    from pairs
    left join present
        on pairs.account_key = present.account_key
        and pairs.partner_key = present.partner_key
    left join worked
        on pairs.account_key = worked.account_key
        and pairs.partner_key = worked.partner_key
    left join paths
        on pairs.account_key = paths.account_key
        and pairs.partner_key = paths.partner_key
    where pairs.account_key <> pairs.partner_key

)

select * from final
