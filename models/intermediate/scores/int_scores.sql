-- Question: how does each scorecard score an account? Grain: model, version, month-end
-- and account. The score is the share of the points that could be had.
with

bins as (

    select * from {{ ref('int_score_bins') }}

),

versions as (

    select * from {{ ref('int_score_versions') }}

),

ecosystem_signals as (

    select signal
    from {{ ref('signals') }}
    where family = 'ecosystem'

),

summed as (

    select
        bins.model,
        bins.model_version,
        bins.as_of_date,
        bins.account_key,
        sum(bins.points) as points,
        sum(case when ecosystem_signals.signal is null then bins.contribution end)
            as internal_contribution,
        sum(case when ecosystem_signals.signal is null then bins.contribution_max end)
            as internal_contribution_max
    from bins
    left join ecosystem_signals on bins.signal = ecosystem_signals.signal
    group by bins.model, bins.model_version, bins.as_of_date, bins.account_key

),

final as (

    select
        summed.model,
        summed.model_version,
        summed.as_of_date,
        summed.account_key,
        summed.points,
        cast(
            100 * (summed.points - versions.points_min)
            / nullif(versions.points_max - versions.points_min, 0)
            as {{ type_double() }}
        ) as score,
        cast(
            100 * summed.internal_contribution
            / nullif(summed.internal_contribution_max, 0) as {{ type_double() }}
        ) as score_internal_only,
        cast(
            {{ logistic('versions.intercept + versions.slope * summed.points') }}
            as {{ type_double() }}
        ) as probability,
        case
            when summed.points >= versions.high_from then 'high'
            when summed.points >= versions.medium_from then 'medium'
            else 'low'
        end as band,
        versions.status,
        versions.is_in_force
    from summed
    inner join versions
        on summed.model = versions.model
        and summed.model_version = versions.model_version
        and summed.as_of_date = versions.as_of_date

)

select * from final
