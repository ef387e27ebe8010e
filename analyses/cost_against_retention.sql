-- Question: do we spend on the partners that keep customers?
-- Read it: share_gap is a partner's share of retention credit less its share of cost,
-- in points; below 0 it costs more than its part in keeping. Credit is presence, so
-- read the effect beside it: a partner can be everywhere and help nowhere. Both shares
-- are of all partners, own team apart.
-- Columns: partner_name, cost, cost_share_pct, retention_share_pct, share_gap,
-- retention_effect, retention_effect_lower, retention_effect_upper, evidence
select
    partner_name,
    cost,
    cost_share_pct,
    retention_share_pct,
    retention_share_pct - cost_share_pct as share_gap,
    retention_effect,
    retention_effect_lower,
    retention_effect_upper,
    evidence
from {{ ref('partner_scorecard') }}
where cost is not null or retention_share_pct is not null
order by coalesce(retention_share_pct, 0) - coalesce(cost_share_pct, 0), partner_key
