-- Question: of customers in risk, whom did a partner step in at in time, and who was
-- saved? Grain: episode whose next term is decided. Points that a touch moves by itself
-- are held at what they were, or every touch would seem to clear the risk.
with

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

episodes as (

    select
        episodes.*,
        {{ add_days('episodes.started_date', rule('rescue_touch_days')) }}
            as landmark_date,
        {{ add_days(
            'episodes.started_date',
            rule('rescue_touch_days') ~ ' + ' ~ rule('rescue_clear_days')
        ) }} as horizon_date
    from {{ ref('int_risk_episodes') }} as episodes
    where
        episodes.is_renewed is not null
        -- where history begins, nobody knows how long a risk has stood
        and episodes.started_date > (select min(month_ends.as_of_date) from month_ends)

),

touched as (

    select distinct episodes.episode_key
    from episodes
    inner join {{ ref('int_touches') }} as touches
        on episodes.account_key = touches.account_key
        and episodes.risk_from_date <= cast(touches.occurred_at as date)
        and episodes.landmark_date >= cast(touches.occurred_at as date)
    inner join {{ ref('intervening_touch_types') }} as intervening
        on touches.touch_type = intervening.touch_type
    where touches.actor = 'partner'

),

risk_points as (

    select
        bins.account_key,
        bins.as_of_date,
        bins.model_version,
        sum(bins.points) as points,
        sum(case when moved.signal is not null then bins.points else 0 end)
            as moved_points
    from {{ ref('int_score_bins') }} as bins
    left join {{ ref('touch_moved_signals') }} as moved on bins.signal = moved.signal
    where bins.model = 'risk' and bins.is_in_force
    group by bins.account_key, bins.as_of_date, bins.model_version

),

{# least points that are risk: a version has a bound for each band but the lowest #}
bounds as (

    select
        versions.as_of_date,
        versions.model_version,
        min(case bands.band
            when 'high' then versions.high_from
            when 'medium' then versions.medium_from
        end) as risk_from
    from {{ ref('int_score_versions') }} as versions
    cross join {{ ref('risk_bands') }} as bands
    where versions.model = 'risk' and versions.is_in_force and bands.is_in_risk
    group by versions.as_of_date, versions.model_version

),

cleared as (

    select distinct episodes.episode_key
    from episodes
    inner join risk_points as begun
        on episodes.account_key = begun.account_key
        and episodes.started_date = begun.as_of_date
    inner join risk_points as since
        on episodes.account_key = since.account_key
        and episodes.started_date < since.as_of_date
        and episodes.horizon_date >= since.as_of_date
        -- points of two versions cannot be put together
        and begun.model_version = since.model_version
    inner join bounds
        on since.as_of_date = bounds.as_of_date
        and since.model_version = bounds.model_version
    where since.points - since.moved_points + begun.moved_points < bounds.risk_from

),

final as (

    select
        episodes.episode_key,
        episodes.account_key,
        episodes.band || '_' || episodes.renewal_class as cohort,
        case when touched.episode_key is null then 0 else 1 end as is_touched,
        case when cleared.episode_key is null then 0 else 1 end as is_cleared,
        case
            when episodes.is_renewed and cleared.episode_key is not null then 1
            else 0
        end as is_saved,
        greatest(episodes.resolved_date, episodes.horizon_date) as resolved_date
    from episodes
    left join touched on episodes.episode_key = touched.episode_key
    left join cleared on episodes.episode_key = cleared.episode_key

)

select * from final
