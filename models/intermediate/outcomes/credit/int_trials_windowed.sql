-- Question: which trials does each month-end judge by?
-- Grain: month-end and trial resolved in the window before it.
with

month_ends as (

    select as_of_date, window_from_date from {{ ref('int_month_ends') }}

),

trials as (

    select * from {{ ref('int_trials') }}

),

final as (

    select
        month_ends.as_of_date,
        trials.stage,
        trials.trial_key,
        trials.account_key,
        trials.segment,
        trials.stratum_key,
        trials.sourcer_key,
        trials.year_key,
        trials.cell_key,
        trials.stratum_sourcer,
        trials.sourced_by_partner_key,
        trials.outcome
    from trials
    inner join month_ends
        on trials.resolved_date <= month_ends.as_of_date
        and trials.resolved_date > month_ends.window_from_date

)

select * from final
