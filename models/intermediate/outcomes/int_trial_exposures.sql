-- Question: what did each partner do in a trial's exposure window, what is it worth?
-- Grain: trial and touch, tie or stated role. Touches of the trial's own stage; where
-- it reads post-sale touches, every one that bears on it (seed touch_stage_relevance).
with

trials as (

    select trial_key, stage, account_key, exposed_from_date, landmark_date, started_date
    from {{ ref('int_trials') }}

),

stages as (

    select stage, reads_post_sale_touches from {{ ref('stages') }}

),

relevance as (

    select touch_type, stage, weight
    from {{ ref('touch_stage_relevance') }}
    where weight > 0

),

actions as (

    select
        account_key,
        partner_key,
        touch_type,
        stage,
        cast(occurred_at as date) as from_date,
        cast(occurred_at as date) as until_date,
        evidence,
        quality,
        cast(null as {{ type_text() }}) as only_trial_key
    from {{ ref('int_touches_staged') }}
    where stage <> 'post_churn'
    union all
    select
        account_key,
        partner_key,
        'standing_tie' as touch_type,
        'standing' as stage,
        coalesce(started_date, cast('1900-01-01' as date)) as from_date,
        coalesce(ended_date, cast('9999-12-31' as date)) as until_date,
        evidence,
        cast(null as {{ type_double() }}) as quality,
        cast(null as {{ type_text() }}) as only_trial_key
    from {{ ref('int_ties') }}
    union all
    select
        account_key,
        sourced_by_partner_key as partner_key,
        'sourcing_role' as touch_type,
        'acquisition' as stage,
        cast(created_at as date) as from_date,
        cast(created_at as date) as until_date,
        'declared' as evidence,
        cast(null as {{ type_double() }}) as quality,
        {{ surrogate_key(["'acquisition'", 'deal_key']) }} as only_trial_key
    from {{ ref('int_deals') }}
    where sourced_by_partner_key is not null

),

exposed as (

    select
        trials.trial_key,
        trials.landmark_date,
        actions.partner_key,
        actions.touch_type,
        actions.evidence,
        actions.quality,
        relevance.weight,
        least(actions.until_date, trials.landmark_date) as latest_date
    from trials
    inner join stages on trials.stage = stages.stage
    inner join actions
        on trials.account_key = actions.account_key
        and trials.landmark_date >= actions.from_date
        and trials.exposed_from_date <= actions.until_date
    inner join relevance
        on actions.touch_type = relevance.touch_type
        and trials.stage = relevance.stage
    where
        coalesce(actions.only_trial_key, trials.trial_key) = trials.trial_key
        and (
            (stages.reads_post_sale_touches and actions.stage <> 'acquisition')
            or actions.stage = trials.stage
        )

),

final as (

    select
        trial_key,
        partner_key,
        touch_type,
        latest_date,
        weight
        * greatest(
            coalesce(quality, {{ rule('quality_default') }}),
            {{ rule('quality_floor') }}
        )
        * case evidence
            when 'observed' then {{ rule('evidence_observed') }}
            when 'system' then {{ rule('evidence_system') }}
            else {{ rule('evidence_declared') }}
        end
        * {{ half_life_decay(
            dbt.datediff('latest_date', 'landmark_date', 'day'),
            rule('recency_half_life_days')
        ) }} as exposure_weight
    from exposed

)

select * from final
