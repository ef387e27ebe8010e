-- Question: of customers in risk, whom did a partner step in at by the landmark, and who
-- was saved? Grain: episode whose next term is decided. The landmark lies before the
-- next month-end, so that who clears sooner is no less likely to have been touched.
with

history as (

    select min(as_of_date) as first_month_end from {{ ref('int_month_ends') }}

),

episodes as (

    select
        episodes.episode_key,
        episodes.account_key,
        episodes.risk_from_date,
        {{ add_days('episodes.started_date', rule('rescue_touch_days')) }}
            as landmark_date,
        episodes.cleared_date,
        episodes.is_renewed,
        episodes.resolved_date,
        episodes.band || '_' || episodes.renewal_class as cohort
    from {{ ref('int_risk_episodes') }} as episodes
    inner join history
        -- where history begins, nobody knows how long a risk has stood
        on episodes.started_date > history.first_month_end
    where episodes.is_renewed is not null

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

final as (

    select
        episodes.episode_key,
        episodes.account_key,
        episodes.cohort,
        case when touched.episode_key is null then 0 else 1 end as is_touched,
        case
            when episodes.is_renewed and episodes.cleared_date <= {{ add_days(
                'episodes.landmark_date', rule('rescue_clear_days')
            ) }} then 1
            else 0
        end as is_saved,
        greatest(
            episodes.resolved_date,
            {{ add_days('episodes.landmark_date', rule('rescue_clear_days')) }}
        ) as resolved_date
    from episodes
    left join touched on episodes.episode_key = touched.episode_key

)

select * from final
