-- Question: which signals and scores no longer look as they did in training?
-- Read it: first_month is the first of the run of months that is still open, and the
-- one to look into; a signal that fades carries an odd month into the next ones. psi is
-- of the last month, p_value the chance of such a shift where nothing changed.
-- Columns: model, feature, status, psi, p_value, first_month, n_months
with

numbered as (

    select
        drift.*,
        row_number() over (
            partition by model, feature order by as_of_date desc
        ) as months_back,
        sum(case when status in ('watch', 'act') then 0 else 1 end) over (
            partition by model, feature order by as_of_date desc
            rows between unbounded preceding and current row
        ) as n_calm
    from {{ ref('score_drift_monthly') }} as drift

),

runs as (

    select model, feature, min(as_of_date) as first_month, count(*) as n_months
    from numbered
    where n_calm = 0
    group by model, feature

)

select
    numbered.model,
    numbered.feature,
    numbered.status,
    numbered.psi,
    numbered.p_value,
    runs.first_month,
    runs.n_months
from runs
inner join numbered
    on runs.model = numbered.model
    and runs.feature = numbered.feature
    and numbered.months_back = 1
order by numbered.psi desc, numbered.model asc, numbered.feature asc
