-- Question: what would each trial's outcome be without the partners' first-round
-- effects? Grain: month-end and trial.
with

trials as (

    select * from {{ ref('int_trials_windowed') }}

),

credits as (

    select trial_key, partner_key, credit from {{ ref('int_trial_credits') }}

),

effects as (

    select as_of_date, stage, partner_key, effect from {{ ref('int_effects_first') }}

),

owed as (

    select
        trials.as_of_date,
        trials.trial_key,
        sum(credits.credit * effects.effect) as owed_to_partners
    from trials
    inner join credits on trials.trial_key = credits.trial_key
    inner join effects
        on trials.as_of_date = effects.as_of_date
        and trials.stage = effects.stage
        and credits.partner_key = effects.partner_key
    group by trials.as_of_date, trials.trial_key

),

final as (

    select
        trials.as_of_date,
        trials.stage,
        trials.trial_key,
        trials.account_key,
        trials.segment,
        trials.stratum_key,
        trials.sourcer_key,
        trials.year_key,
        trials.cell_key,
        trials.stratum_sourcer,
        trials.outcome - coalesce(owed.owed_to_partners, 0) as outcome
    from trials
    left join owed
        on trials.as_of_date = owed.as_of_date
        and trials.trial_key = owed.trial_key

)

select * from final
