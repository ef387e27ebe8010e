-- Question: are deals that partners source, or sell with us, won more often? Grain:
-- month-end, measure and cohort. Of deals decided in the window, by segment and kind;
-- who joins after the landmark is no partner of the deal.
with

month_ends as (

    select
        as_of_date,
        {{ add_months('as_of_date', '-1 * ' ~ rule('kpi_window_months')) }}
            as window_from_date
    from {{ ref('int_month_ends') }}

),

partnered as (

    select * from {{ ref('int_deals_partnered') }}

),

deals as (

    select partnered.*, segment as cohort from partnered
    union all
    select partnered.*, 'all' as cohort from partnered

),

decided as (

    select
        month_ends.as_of_date,
        deals.cohort,
        deals.segment,
        deals.kind,
        deals.account_key as cluster_key,
        case when deals.status = 'won' then 1 else 0 end as outcome,
        case when deals.sourced_date <= deals.landmark_date then 1 else 0 end
            as is_sourced,
        case when deals.cosold_date <= deals.landmark_date then 1 else 0 end
            as is_cosold
    from deals
    inner join month_ends
        on deals.closed_date > month_ends.window_from_date
        and deals.closed_date <= month_ends.as_of_date
    where deals.status in ('won', 'lost') and deals.closed_date > deals.landmark_date

),

compared as (

    select
        decided.*,
        'partner_sourced_win_lift' as kpi,
        {{ surrogate_key(['segment', 'kind']) }} as stratum,
        is_sourced as is_flagged
    from decided
    where is_sourced = 1 or is_cosold = 0
    union all
    select
        decided.*,
        'cosold_win_lift' as kpi,
        {{ surrogate_key(['segment', 'kind']) }} as stratum,
        is_cosold as is_flagged
    from decided
    where is_sourced = 0

),

{{ matched_lift(
    'compared', ['as_of_date', 'kpi', 'cohort'], rule('matched_min_others'),
    rule('interval_z')
) }},

final as (

    select
        as_of_date,
        kpi,
        cohort,
        lift as value,
        lower,
        upper,
        n
    from lifts

)

select * from final
