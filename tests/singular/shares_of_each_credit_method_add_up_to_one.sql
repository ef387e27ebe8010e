-- Stages and methods whose partners, with the own team, do not share the whole.
select
    stage,
    method,
    sum(share) as total_share
from {{ ref('partner_credit_methods') }}
group by stage, method
having abs(sum(share) - 1) > 1e-9
