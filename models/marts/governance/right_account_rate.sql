-- Question: how often does a record stand on the right account, and how much of what
-- the systems send reaches an account at all? Grain: cohort (`all` and each source).
-- Audited answers are weighed by the records of their stratum.
with

members as (

    select stream, source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}

),

accounts as (

    select account_key from {{ ref('int_accounts') }}

),

answers as (

    select * from {{ ref('stg_audit_answers') }}

),

signal_counts as (

    select source, record_source, record_id, n_signals
    from {{ ref('stg_signal_counts') }}
    where record_stream = 'accounts'

),

counted as (

    select
        source,
        0 as n_signals,
        0 as n_resolved,
        case when is_current then 1 else 0 end as n_audited,
        case when is_current then 0 else 1 end as n_outdated,
        weight,
        case when is_right then weight else 0 end as right_weight
    from answers
    union all
    select
        signal_counts.source,
        signal_counts.n_signals,
        case when accounts.account_key is null then 0 else signal_counts.n_signals end
            as n_resolved,
        0 as n_audited,
        0 as n_outdated,
        0 as weight,
        0 as right_weight
    from signal_counts
    left join members
        on members.stream = 'accounts'
        and signal_counts.record_source = members.source
        and signal_counts.record_id = members.source_id
    left join accounts on members.organisation_key = accounts.account_key
    union all
    select
        source,
        0 as n_signals,
        0 as n_resolved,
        0 as n_audited,
        0 as n_outdated,
        0 as weight,
        0 as right_weight
    from members

),

cohorts as (

    select counted.*, source as cohort from counted
    union all
    select counted.*, 'all' as cohort from counted

),

summed as (

    select
        cohort,
        sum(n_signals) as n_signals,
        sum(n_resolved) as n_resolved,
        sum(n_audited) as n_audited,
        sum(n_outdated) as n_outdated,
        sum(weight) * sum(weight) / nullif(sum(weight * weight), 0) as n_effective,
        sum(right_weight) / nullif(sum(weight), 0) as rate
    from cohorts
    group by cohort

),

final as (

    select
        cohort,
        {{ whole('n_audited') }} as n_audited,
        {{ whole('n_outdated') }} as n_outdated,
        cast(n_effective as {{ type_double() }}) as n_effective,
        cast(rate as {{ type_double() }}) as right_account_rate,
        {{ wilson('rate', 'n_effective', rule('interval_z'), '-') }}
            as right_account_rate_lower,
        {{ wilson('rate', 'n_effective', rule('interval_z'), '+') }}
            as right_account_rate_upper,
        case
            when n_audited > 0 then 'audited'
            when n_outdated > 0 then 'outdated'
            else 'not_audited'
        end as evidence,
        {{ whole('n_signals') }} as n_signals,
        {{ whole('n_resolved') }} as n_resolved,
        100 * n_resolved / nullif(cast(n_signals as {{ type_double() }}), 0)
            as resolved_pct
    from summed

)

select * from final
