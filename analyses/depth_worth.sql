-- Question: what is a deeper partnership worth, in customers kept?
-- Read it: customers by the level of their deepest partner half a year after go-live,
-- and how many were still there a year later, against customers of the same segment at
-- other levels. lift is the difference, with its 90 % interval; where the interval
-- holds 0, nothing is shown. e_value is how strong a hidden cause would have to be.
-- Columns: level, level_name, n_accounts, retention_rate_18m, expected_rate, lift,
-- lift_lower, lift_upper, e_value, evidence
select
    level,
    level_name,
    n_accounts,
    retention_rate_18m,
    expected_rate,
    lift,
    lift_lower,
    lift_upper,
    e_value,
    evidence
from {{ ref('depth_retention') }}
order by level
