-- Question: which customers stood on the list of a month-end, and were they lost?
-- Grain: month-end, cut-off and customer. The list is the share with most points.
with

scored as (

    select
        as_of_date,
        account_key,
        probability,
        row_number() over (
            partition by as_of_date order by points desc, account_key asc
        ) as list_rank,
        count(*) over (partition by as_of_date) as n_scored
    from {{ ref('int_scores') }}
    where model = 'risk' and is_in_force

),

outcomes as (

    select as_of_date, account_key, outcome, event_date
    from {{ ref('int_score_outcomes') }}
    where model = 'risk'

),

cut_offs as (

    select value as cut_off_pct
    from {{ ref('rules') }}
    where rule like 'backtest_cut_off_%' and valid_to is null

),

listed as (

    select
        scored.*,
        cut_offs.cut_off_pct,
        outcomes.outcome,
        outcomes.event_date,
        case
            when 100 * scored.list_rank <= cut_offs.cut_off_pct * scored.n_scored then 1
            else 0
        end as is_flagged,
        scored.as_of_date <= {{ add_days(
            'outcomes.event_date', '-1 * ' ~ rule('backtest_lead_days')
        ) }} as is_ahead,
        scored.as_of_date >= {{ add_days(
            'outcomes.event_date', '-1 * ' ~ rule('backtest_lookback_days')
        ) }} as is_recent
    from scored
    cross join cut_offs
    left join outcomes
        on scored.as_of_date = outcomes.as_of_date
        and scored.account_key = outcomes.account_key

),

final as (

    select
        as_of_date,
        cut_off_pct,
        account_key,
        probability,
        is_flagged,
        outcome,
        event_date,
        is_ahead,
        is_recent
    from listed

)

select * from final
