-- Question: which years as a live customer has an account begun, and what could bear on
-- them? Grain: account and year from its go-live. The first year is that after the
-- roll-out, so what counts for it is the time from selection to go-live.
with

live as (

    select
        account_key,
        known_until_date,
        cast(occurred_at as date) as live_date
    from {{ ref('int_milestones_known') }}
    where milestone = 'go_live'

),

selected as (

    select
        account_key,
        known_from_date,
        known_until_date,
        cast(occurred_at as date) as selected_date
    from {{ ref('int_milestones_known') }}
    where milestone = 'selected'

),

coverage as (

    select account_key, started_date, ended_date, end_known_date
    from {{ ref('int_coverage') }}

),

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

{# a hundred years #}
years_on as (

    {{ dbt.generate_series(100) }}

),

years_live as (

    select
        live.account_key,
        live.live_date,
        live.known_until_date,
        {{ add_months(
            'live.live_date',
            '(years_on.generated_number - 1) * ' ~ rule('advocacy_months')
        ) }} as landmark_date,
        {{ add_months(
            'live.live_date', 'years_on.generated_number * ' ~ rule('advocacy_months')
        ) }} as resolved_date
    from live
    cross join as_of
    inner join years_on
        on years_on.generated_number * {{ rule('advocacy_months') }}
        <= {{ dbt.datediff('live.live_date', 'as_of.as_of_date', 'month') }}

),

begun as (

    select
        years_live.account_key,
        years_live.live_date,
        years_live.landmark_date,
        years_live.resolved_date
    from years_live
    inner join coverage
        on years_live.account_key = coverage.account_key
        and years_live.landmark_date >= coverage.started_date
        and (
            coverage.ended_date is null
            or years_live.landmark_date < coverage.ended_date
            or years_live.resolved_date < coverage.end_known_date
        )
    where
        years_live.known_until_date is null
        or years_live.known_until_date > years_live.resolved_date
    group by
        years_live.account_key,
        years_live.live_date,
        years_live.landmark_date,
        years_live.resolved_date

),

final as (

    select
        begun.account_key,
        begun.landmark_date,
        begun.resolved_date,
        case
            when begun.landmark_date = begun.live_date then selected.selected_date
            else {{ add_days(
                'begun.landmark_date', '-1 * ' ~ rule('advocacy_exposure_days')
            ) }}
        end as exposed_from_date
    from begun
    inner join selected
        on begun.account_key = selected.account_key
        and {{ in_force(
            'begun.resolved_date', 'selected.known_from_date', 'selected.known_until_date'
        ) }}

)

select * from final
