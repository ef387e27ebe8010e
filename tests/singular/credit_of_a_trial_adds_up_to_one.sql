-- Trials whose shares of credit do not add up to one.
select
    trial_key,
    sum(credit) as total_credit
from {{ ref('int_trial_credits') }}
group by trial_key
having abs(sum(credit) - 1) > 1e-9
