-- Exposures outside the window before their trial's landmark, and landmarks after the
-- day the trial resolves.
select
    exposures.trial_key,
    exposures.latest_date
from {{ ref('int_trial_exposures') }} as exposures
inner join {{ ref('int_trials') }} as trials
    on exposures.trial_key = trials.trial_key
where
    exposures.latest_date > trials.landmark_date
    or exposures.latest_date < trials.exposed_from_date
    or trials.landmark_date >= trials.resolved_date
