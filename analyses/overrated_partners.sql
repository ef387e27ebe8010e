-- Question: who is overrated, and what do we spend on them?
-- Read it: customers of an overrated partner are kept less than comparable ones, with
-- probability .9 or more, though it is in the top third of sourced pipeline. The
-- interval is 90 %; cost is that of the trial window. An empty answer says that nobody
-- is known to be overrated, not that nobody is.
-- Columns: partner_name, partner_type, pipeline_rank, sourced_pipeline, csi, csi_rank,
-- retention_effect, retention_effect_lower, retention_effect_upper, cost,
-- cost_share_pct, retention_share_pct
select
    partner_name,
    partner_type,
    pipeline_rank,
    sourced_pipeline,
    csi,
    csi_rank,
    retention_effect,
    retention_effect_lower,
    retention_effect_upper,
    cost,
    cost_share_pct,
    retention_share_pct
from {{ ref('partner_scorecard') }}
where paradox = 'overrated'
order by pipeline_rank, partner_key
