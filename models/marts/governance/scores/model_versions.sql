-- Question: which versions of the scorecards are there, what were they trained on, and
-- which one scores today? Grain: model and version.
with

versions as (

    select * from {{ ref('scorecard_versions') }}

),

today as (

    select scoring.model, scoring.model_version
    from {{ ref('int_score_versions') }} as scoring
    inner join {{ ref('stg_as_of') }} as as_of
        on scoring.as_of_date = as_of.as_of_date
    where scoring.is_in_force

),

final as (

    select
        versions.model,
        versions.version,
        versions.target,
        versions.status,
        today.model is not null as is_in_force,
        versions.trained_from,
        versions.trained_to,
        versions.effective_from,
        {{ whole('versions.n') }} as n,
        {{ whole('versions.n_events') }} as n_events,
        versions.auc,
        versions.calibration_error,
        versions.weights_hash,
        versions.note
    from versions
    left join today
        on versions.model = today.model and versions.version = today.model_version

)

select * from final
