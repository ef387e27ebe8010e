-- Question: for which needs of our customers should we recruit partners, and where?
-- Read it: open_weight is what live customers need and nobody meets, the part that no
-- solution in the catalogue offers (weight_not_offered) among it: there nobody can be
-- sent, and a partner has to be found. Where n_partners_offering is above 0, a partner
-- that could meet it is already known. arr is that of the customers concerned. Rows of
-- segment `all` are the whole, the others its parts.
-- Columns: segment, need_rank, need_label, open_weight, weight_not_offered,
-- weight_unknown, n_accounts, n_accounts_needing, arr, n_partners_offering
select
    segment,
    need_rank,
    need_label,
    weight_unmet + weight_not_offered as open_weight,
    weight_not_offered,
    weight_unknown,
    n_accounts,
    n_accounts_needing,
    arr,
    n_partners_offering
from {{ ref('unmet_needs') }}
where n_accounts > 0
order by case when segment = 'all' then 0 else 1 end, segment, need_rank
