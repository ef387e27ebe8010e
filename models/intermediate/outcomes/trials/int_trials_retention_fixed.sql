-- Question: which fixed contract terms came up for decision, and how much was kept?
-- Grain: decision of an account. A term broken off before its landmark is in no trial.
-- It resolves a grace period after its end whatever happened, and whoever said so.
with

terms as (

    select * from {{ ref('int_terms_formed') }}
    where contract_form = 'fixed'

),

at_risk as (

    select *
    from terms
    where ended_date is null or ended_date >= landmark_date

),

decided as (

    select
        account_key,
        decision_key,
        min(term_start_date) as started_date,
        min(landmark_date) as landmark_date,
        max(term_end_date) as trial_date,
        sum(arr) as arr,
        sum(renewed_arr) as kept_arr,
        max(outcome_known_date) as known_date,
        max(case when is_presumed_renewed then 1 else 0 end) as is_presumed,
        max(case when outcome = 'open' then 1 else 0 end) as is_open
    from at_risk
    group by account_key, decision_key

),

dated as (

    select
        decided.*,
        {{ add_days('trial_date', rule('grace_days')) }} as grace_ended_date
    from decided
    where is_open = 0 and arr > 0

),

final as (

    select
        {{ surrogate_key(["'retention'", "'fixed'", 'decision_key']) }} as trial_key,
        'retention' as stage,
        'fixed' as trial_form,
        account_key,
        started_date,
        {{ add_days('landmark_date', '-1 * ' ~ rule('exposure_days')) }}
            as exposed_from_date,
        landmark_date,
        case
            when known_date > grace_ended_date then known_date
            else grace_ended_date
        end as resolved_date,
        cast(least(1, kept_arr / arr) as {{ type_double() }}) as outcome,
        case
            when kept_arr > 0 and is_presumed = 0
                then cast(kept_arr / arr - 1 as {{ type_double() }})
        end as growth
    from dated

)

select * from final
