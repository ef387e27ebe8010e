-- Question: which integrations were switched on at an account, from when to when?
-- Grain: switching on of an integration. deactivated_date is null while it is on.
with

setup_events as (

    select * from {{ ref('stg_setup_events') }}
    where
        event in ('integration_activated', 'integration_deactivated')
        and solution_id is not null

),

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

switched as (

    select
        {{ surrogate_key([
            "'setup'", 'setup_events.source', 'setup_events.source_id'
        ]) }} as integration_key,
        members.organisation_key as account_key,
        setup_events.solution_id,
        setup_events.event,
        cast(setup_events.occurred_at as date) as activated_date,
        lead(setup_events.event) over (
            partition by
                members.organisation_key,
                setup_events.solution_source,
                setup_events.solution_id
            order by setup_events.occurred_at, setup_events.source_id
        ) as next_event,
        cast(lead(setup_events.occurred_at) over (
            partition by
                members.organisation_key,
                setup_events.solution_source,
                setup_events.solution_id
            order by setup_events.occurred_at, setup_events.source_id
        ) as date) as next_date
    from setup_events
    inner join members
        on setup_events.account_source = members.source
        and setup_events.account_id = members.source_id

),

final as (

    select
        integration_key,
        account_key,
        solution_id,
        activated_date,
        case when next_event = 'integration_deactivated' then next_date end
            as deactivated_date
    from switched
    where event = 'integration_activated'

)

select * from final
