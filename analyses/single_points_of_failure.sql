-- Question: which customers hang on one partner, and on which?
-- Read it: single_point_pct is the share of what the customer's needs are met by that
-- would be lost with the partner; 100 means that nothing else meets any of them. First
-- come those with the most ARR to lose. retention_effect tells whether customers do
-- well with that partner.
-- Columns: account_name, segment, arr, next_renewal_date, ecs, band, partner_name,
-- single_point_pct, retention_effect, evidence
select
    accounts.account_name,
    accounts.segment,
    accounts.arr,
    accounts.next_renewal_date,
    scores.ecs,
    scores.band,
    partners.partner_name,
    scores.single_point_pct,
    scorecard.retention_effect,
    scorecard.evidence
from {{ ref('account_ecs') }} as scores
inner join {{ ref('accounts') }} as accounts
    on scores.account_key = accounts.account_key
inner join {{ ref('partners') }} as partners
    on scores.single_point_partner_key = partners.partner_key
left join {{ ref('partner_scorecard') }} as scorecard
    on scores.single_point_partner_key = scorecard.partner_key
where scores.is_latest and scores.single_point_pct > 0
order by accounts.arr * scores.single_point_pct desc, accounts.account_key asc
