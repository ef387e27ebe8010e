-- Question: which customers were there half a year after go-live, with a contract to be
-- decided in the year after, and were they still there at the end of it? Grain: account
-- and go-live. Contracts of several years are left out: nobody could have left.
with

live as (

    select
        account_key,
        known_until_date,
        cast(occurred_at as date) as live_date,
        {{ add_months('occurred_at', depth_gate('month_landmark')) }} as landmark_date,
        {{ add_months('occurred_at', depth_gate('month_outcome')) }} as outcome_date
    from {{ ref('int_milestones_known') }}
    where milestone = 'go_live'

),

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

resolved as (

    select
        live.account_key,
        live.live_date,
        live.landmark_date,
        live.outcome_date,
        {{ add_days('live.outcome_date', rule('grace_days')) }} as resolved_date
    from live
    inner join as_of
        on as_of.as_of_date >= {{ add_days('live.outcome_date', rule('grace_days')) }}
    where
        live.known_until_date is null
        or live.known_until_date > {{ add_days(
            'live.outcome_date', rule('grace_days')
        ) }}

),

terms as (

    select account_key, term_start_date, term_end_date
    from {{ ref('int_terms_formed') }}

),

coverage as (

    select account_key, started_date, ended_date, end_known_date
    from {{ ref('int_coverage') }}

),

decided as (

    select distinct resolved.account_key, resolved.live_date
    from resolved
    inner join terms
        on resolved.account_key = terms.account_key
        and resolved.landmark_date >= terms.term_start_date
        and resolved.landmark_date < terms.term_end_date
        and resolved.outcome_date >= terms.term_end_date

),

there as (

    select
        resolved.account_key,
        resolved.live_date,
        max(case
            when coverage.ended_date is null
                or resolved.outcome_date < coverage.ended_date
                or resolved.resolved_date < coverage.end_known_date
                then 1
            else 0
        end) as is_kept
    from resolved
    inner join coverage
        on resolved.account_key = coverage.account_key
        and resolved.landmark_date >= coverage.started_date
        and (
            coverage.ended_date is null or resolved.landmark_date < coverage.ended_date
        )
    group by resolved.account_key, resolved.live_date

),

final as (

    select
        resolved.account_key,
        resolved.landmark_date,
        resolved.resolved_date,
        cast(there.is_kept as {{ type_double() }}) as outcome
    from resolved
    inner join decided
        on resolved.account_key = decided.account_key
        and resolved.live_date = decided.live_date
    inner join there
        on resolved.account_key = there.account_key
        and resolved.live_date = there.live_date

)

select * from final
