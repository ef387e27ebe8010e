-- Question: which customers are slipping, why, and which partner can step in, through
-- whom, by when? Grain: customer in risk, as of as_of_date. Never a partner without a
-- tie or path that may be shown, nor the one whose own customers show the reason most.
with

accounts as (

    select * from {{ ref('int_accounts_in_risk') }}

),

candidates as (

    select * from {{ ref('int_candidates_scored') }}

),

counted as (

    select
        account_key,
        count(*) as n_candidates,
        sum(case when is_worst then 0 else 1 end) as n_suitable
    from candidates
    group by account_key

),

ranked as (

    select
        candidates.*,
        row_number() over (
            partition by account_key
            order by {{ six_places('placement_score') }} desc, partner_key asc
        ) as place,
        lead(partner_key) over (
            partition by account_key
            order by {{ six_places('placement_score') }} desc, partner_key asc
        ) as runner_up_partner_key
    from candidates
    where not is_worst

),

own_paths as (

    select account_key from {{ ref('int_warm_paths') }}
    where partner_key = 'own_team'

),

placed as (

    select
        accounts.*,
        best.partner_key,
        best.partner_person_key,
        best.account_person_key,
        best.path_text,
        best.placement_score,
        best.is_tied,
        best.retention_evidence,
        coalesce({{ dbt.datediff(
            'best.last_touch_date', 'accounts.as_of_date', 'day'
        ) }} <= {{ rule('quiet_days') }}, false) as is_recent,
        best.runner_up_partner_key,
        partners.partner_name,
        organisations.organisation_name as account_name,
        coalesce(counted.n_candidates, 0) as n_candidates,
        coalesce(counted.n_suitable, 0) as n_suitable,
        own_paths.account_key is not null as has_own_path
    from accounts
    inner join {{ ref('stg_organisations') }} as organisations
        on accounts.account_key = organisations.organisation_key
    left join counted on accounts.account_key = counted.account_key
    left join ranked as best
        on accounts.account_key = best.account_key and best.place = 1
    left join {{ ref('partners') }} as partners
        on best.partner_key = partners.partner_key
    left join own_paths on accounts.account_key = own_paths.account_key

),

final as (

    select
        account_key,
        band as risk_band,
        reason_code as reason,
        is_standing as is_reason_standing,
        cast(arr as {{ type_double() }}) as arr_at_stake,
        {{ whole('days_to_renewal') }} as days_to_renewal,
        partner_key,
        partner_person_key,
        account_person_key,
        case
            when partner_key is not null
                then coalesce(path_text, partner_name || ' serves ' || account_name)
        end as path_text,
        play,
        cast(placement_score as {{ type_double() }}) as placement_score,
        case
            when partner_key is null then null
            when is_tied and is_recent and retention_evidence = 'solid' then 'high'
            when is_tied and (is_recent or retention_evidence = 'solid') then 'medium'
            else 'low'
        end as confidence,
        runner_up_partner_key,
        {{ whole('n_suitable') }} as n_suitable,
        {{ stable_share([
            'account_key', 'reason_code',
            'cast(' ~ rule('holdout_salt') ~ ' as bigint)',
        ]) }} < {{ rule('holdout_share') }} as is_holdout,
        case
            when partner_key is not null then null
            when n_candidates > 0
                then 'Nobody suitable: the only partner there is the one whose own '
                    || 'customers show this reason most. Our own team has to act.'
            when has_own_path
                then 'Nobody suitable: no partner has a tie or a path to it. Our own '
                    || 'team knows somebody there.'
            else 'Nobody suitable: no partner has a tie or a path to it, and nor has '
                || 'our own team.'
        end as said
    from placed

)

select * from final
