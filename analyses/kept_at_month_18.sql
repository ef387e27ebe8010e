-- Question: who kept the customers alive at month eighteen, and who had brought them?
-- Read it: every such customer counts once, divided by retention credit (accounts_kept)
-- and by who brought it (accounts_sourced). A partner far above in the first keeps what
-- others bring. Credit is presence: retention_effect says whether it helped.
-- `restricted` pools partners that may not be named.
-- Columns: partner_name, accounts_kept, accounts_sourced, n_accounts,
-- n_touches_after_live, retention_effect, evidence
with

kept as (

    select
        partner_key,
        sum(kept_share) as accounts_kept,
        sum(sourced_share) as accounts_sourced,
        count(*) as n_accounts,
        sum(n_touches_after_live) as n_touches_after_live
    from {{ ref('account_kept_by') }}
    where is_alive_18m
    group by partner_key

)

select
    coalesce(partners.partner_name, kept.partner_key) as partner_name,
    kept.accounts_kept,
    kept.accounts_sourced,
    kept.n_accounts,
    kept.n_touches_after_live,
    scorecard.retention_effect,
    scorecard.evidence
from kept
left join {{ ref('partners') }} as partners
    on kept.partner_key = partners.partner_key
left join {{ ref('partner_scorecard') }} as scorecard
    on kept.partner_key = scorecard.partner_key
order by coalesce(kept.accounts_kept, 0) desc, kept.partner_key
