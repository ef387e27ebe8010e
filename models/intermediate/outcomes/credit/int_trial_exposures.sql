-- Question: what did each partner do in a trial's exposure window, what is it worth?
-- Grain: trial and touch, tie or stated role. Touches of the trial's own stage, by what
-- was known when it resolved; where it reads post-sale touches, all that bear on it.
with

engagements as (

    select * from {{ ref('int_engagements') }}

),

trials as (

    select
        trial_key, stage, account_key, exposed_from_date, landmark_date, selected_date
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

touch_type_stages as (

    select touch_type, moment, stage from {{ ref('touch_type_stages') }}

),

met as (

    select
        trials.trial_key,
        trials.stage,
        trials.landmark_date,
        trials.selected_date,
        engagements.partner_key,
        engagements.touch_type,
        engagements.evidence,
        engagements.quality,
        least(engagements.until_date, trials.landmark_date) as latest_date
    from trials
    inner join engagements
        on trials.account_key = engagements.account_key
        and trials.landmark_date >= engagements.from_date
        and trials.exposed_from_date <= engagements.until_date
    where coalesce(engagements.only_trial_key, trials.trial_key) = trials.trial_key

),

placed as (

    select
        met.*,
        case
            when selected_date is null or latest_date < selected_date
                then 'acquisition'
            when stage in ('onboarding', 'adoption') then stage
            else 'retention'
        end as moment
    from met

),

exposed as (

    select placed.*, relevance.weight
    from placed
    inner join stages on placed.stage = stages.stage
    inner join relevance
        on placed.touch_type = relevance.touch_type
        and placed.stage = relevance.stage
    inner join touch_type_stages
        on placed.touch_type = touch_type_stages.touch_type
        and placed.moment = touch_type_stages.moment
    where
        touch_type_stages.stage = placed.stage
        or (
            stages.reads_post_sale_touches and touch_type_stages.stage <> 'acquisition'
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
