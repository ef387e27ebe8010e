-- Question: how does each partner stand in each stage? Grain: month-end, partner and
-- stage that has trials in this book. Only partners that had met an account by then.
with

month_ends as (

    select as_of_date, window_from_date from {{ ref('int_month_ends') }}

),

stages as (

    select stage, weight, reference_sd from {{ ref('stages') }}

),

met as (

    select partner_key, min(first_met_date) as first_met_date
    from {{ ref('int_partner_accounts') }}
    where partner_key <> 'own_team'
    group by partner_key

),

running_stages as (

    select distinct as_of_date, stage from {{ ref('int_trials_windowed') }}

),

presence as (

    select * from {{ ref('int_presence') }}

),

effects as (

    select * from {{ ref('int_effects') }}

),

early_losses as (

    select month_ends.as_of_date, losses.partner_key, count(*) as early_losses
    from {{ ref('int_early_losses') }} as losses
    inner join month_ends
        on losses.outcome_known_date <= month_ends.as_of_date
        and losses.outcome_known_date > month_ends.window_from_date
    group by month_ends.as_of_date, losses.partner_key

),

joined as (

    select
        running_stages.as_of_date,
        met.partner_key,
        running_stages.stage,
        stages.weight,
        stages.reference_sd,
        presence.n_accounts,
        coalesce(presence.n_credited_trials, 0) as n_trials,
        presence.presence,
        effects.n_effective,
        effects.outcome,
        effects.expected_outcome,
        effects.effect_raw,
        effects.effect_raw_sd,
        effects.effect,
        effects.effect_sd,
        effects.comparable_share,
        case
            when running_stages.stage = 'retention'
                then coalesce(early_losses.early_losses, 0)
        end as early_losses
    from running_stages
    inner join met on running_stages.as_of_date >= met.first_met_date
    inner join stages on running_stages.stage = stages.stage
    left join presence
        on running_stages.as_of_date = presence.as_of_date
        and running_stages.stage = presence.stage
        and met.partner_key = presence.partner_key
    left join effects
        on running_stages.as_of_date = effects.as_of_date
        and running_stages.stage = effects.stage
        and met.partner_key = effects.partner_key
    left join early_losses
        on running_stages.as_of_date = early_losses.as_of_date
        and met.partner_key = early_losses.partner_key

),

final as (

    select
        joined.*,
        100 * {{ logistic(rule('logistic_scale') ~ ' * effect / reference_sd') }}
            as stage_score,
        case
            when effect_sd > 0 then {{ normal_cdf('-1 * effect / effect_sd') }}
        end as p_below_zero,
        case
            when presence is null
                or n_effective is null
                or n_effective < {{ rule('evidence_insufficient_below') }}
                then 'insufficient'
            when n_effective < {{ rule('evidence_provisional_below') }}
                then 'provisional'
            else 'solid'
        end as evidence
    from joined

)

select * from final
