-- Question: by how much did a customer that was kept grow?
-- Grain: retention trial that was kept and whose ARR afterwards is known. Growth counts
-- up to twice the ARR; exposures and dates are those of the retention trial.
with

kept as (

    select * from {{ ref('int_trials_retention_fixed') }}
    where growth is not null
    union all
    select * from {{ ref('int_trials_retention_running') }}
    where growth is not null

),

final as (

    select
        {{ surrogate_key(["'expansion'", 'trial_key']) }} as trial_key,
        'expansion' as stage,
        trial_form,
        account_key,
        started_date,
        exposed_from_date,
        landmark_date,
        resolved_date,
        cast(least(1, greatest(0, growth)) as {{ type_double() }}) as outcome
    from kept

)

select * from final
