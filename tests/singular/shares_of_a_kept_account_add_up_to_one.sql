-- Accounts whose keepers do not share the whole of the retention credit.
select
    account_key,
    sum(kept_share) as total_share
from {{ ref('account_kept_by') }}
group by account_key
having abs(sum(kept_share) - 1) > 1e-9 or count(kept_share) not in (0, count(*))
