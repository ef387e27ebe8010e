-- Question: which paid terms ran on each month-end? Grain: month-end and contract term.
-- A stated churn after its start ends a term too.
with

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

{{ terms_running('month_ends') }}

select * from running
