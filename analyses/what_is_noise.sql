-- Question: which signals tell nothing, and could go?
-- Read it: excess_value is what a signal tells beyond chance; below 0.02 for three
-- months it is a candidate. A rare signal has a small value however much it says where
-- it speaks: see coverage_pct. Taking one out is a person's decision, by a challenger.
-- Columns: model, signal, advice, months_below, information_value, chance_value,
-- excess_value, coverage_pct
select
    model,
    signal,
    advice,
    months_below,
    information_value,
    chance_value,
    excess_value,
    coverage_pct
from {{ ref('signal_quality_monthly') }}
where is_latest and advice in ('retire', 'watch')
order by excess_value, model, signal
