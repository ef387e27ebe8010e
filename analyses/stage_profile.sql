-- Question: at which stage of the customer's life is each partner good?
-- Read it: one row a partner and stage, latest month-end. presence is how often it is
-- there, stage_score what comes of it (50 is as expected). weighted_points are weight x
-- presence x (stage_score - 50): a partner's points, divided by the fifteen parts of
-- weight, are what its CSI lies above or below 50. A score without presence moves
-- nothing; one with evidence `insufficient` says nothing. Add a where clause for one
-- partner.
-- Columns: partner_name, csi, stage, weight, presence, stage_score, weighted_points,
-- effect, effect_lower, effect_upper, evidence
select
    stages.partner_name,
    csi.csi,
    stages.stage,
    stages.weight,
    stages.presence,
    stages.stage_score,
    stages.weight * stages.presence * (stages.stage_score - 50) as weighted_points,
    stages.effect,
    stages.effect_lower,
    stages.effect_upper,
    stages.evidence
from {{ ref('partner_csi_stages') }} as stages
inner join {{ ref('partner_csi') }} as csi
    on stages.partner_key = csi.partner_key
    and stages.as_of_date = csi.as_of_date
where stages.is_latest
order by
    case when csi.csi is null then 1 else 0 end asc,
    csi.csi desc,
    stages.partner_key asc,
    stages.weight asc,
    stages.stage asc
