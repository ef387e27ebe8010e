-- Question: which solutions were switched on at an account, from when to when? Grain:
-- account, solution and day switched on. The day of switching off is the first without;
-- of events at one moment the switching off counts.
with

events as (

    select *
    from {{ ref('stg_setup_events') }}
    where event in ('integration_activated', 'integration_deactivated')

),

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

solutions as (

    select source, source_id, solution_key from {{ ref('int_solutions') }}

),

switched as (

    select
        members.organisation_key as account_key,
        solutions.solution_key,
        events.occurred_at,
        min(case when events.event = 'integration_activated' then 1 else 0 end) as is_on
    from events
    inner join members
        on events.account_source = members.source
        and events.account_id = members.source_id
    inner join solutions
        on events.solution_source = solutions.source
        and events.solution_id = solutions.source_id
    group by members.organisation_key, solutions.solution_key, events.occurred_at

),

followed as (

    select
        switched.*,
        lead(occurred_at) over (
            partition by account_key, solution_key order by occurred_at
        ) as until_at
    from switched

),

final as (

    select
        account_key,
        solution_key,
        cast(occurred_at as date) as on_date,
        max(coalesce(cast(until_at as date), cast('9999-12-31' as date))) as off_date
    from followed
    where is_on = 1
    group by account_key, solution_key, cast(occurred_at as date)

)

select * from final
