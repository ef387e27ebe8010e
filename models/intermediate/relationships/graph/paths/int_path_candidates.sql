-- Question: on which ways of at most two hops does a partner reach a person at an
-- account? Grain: way. Through a third organisation both must have been at it at one
-- time; hubs are not walked through. An account of which nobody is known ends a way.
with

walks as (

    select * from {{ ref('int_graph_walks') }}

),

legs as (

    select * from {{ ref('int_path_legs') }}

),

accounts as (

    select account_key from {{ ref('int_accounts') }}

),

through as (

    select nodes.node_key, nodes.node_type
    from {{ ref('int_graph_nodes') }} as nodes
    inner join {{ ref('int_graph_degrees') }} as degrees
        on nodes.node_key = degrees.node_key
    where not nodes.is_own and not degrees.is_hub

),

contacts as (

    select * from {{ ref('int_account_contacts') }}

),

{# who was somewhere else, or knows somebody there, before #}
acquaintances as (

    select
        walks.node_key as via_key,
        walks.verb,
        walks.weight,
        walks.from_date,
        walks.until_date,
        contacts.account_key,
        contacts.person_key as end_key,
        contacts.person_key as account_person_key,
        through.node_type <> 'person' as must_overlap
    from walks
    inner join contacts on walks.other_key = contacts.person_key
    inner join through on walks.node_key = through.node_key
    where walks.node_key <> contacts.account_key
    union all
    select
        walks.node_key as via_key,
        walks.verb,
        walks.weight,
        walks.from_date,
        walks.until_date,
        accounts.account_key,
        accounts.account_key as end_key,
        walks.node_key as account_person_key,
        false as must_overlap
    from walks
    inner join accounts on walks.other_key = accounts.account_key
    inner join through on walks.node_key = through.node_key
    where walks.is_seat

),

final as (

    {{ path_of('legs', 'contacts.account_key', 'legs.reached_key',
        'contacts.person_key') }}
    inner join contacts on legs.reached_key = contacts.person_key
    union all
    {{ path_of('legs', 'accounts.account_key', 'legs.reached_key', 'null') }}
    inner join accounts on legs.reached_key = accounts.account_key
    left join contacts on legs.reached_key = contacts.account_key
    where contacts.account_key is null
    union all
    {{ path_of('legs', 'contacts.account_key', 'contacts.person_key',
        'contacts.person_key', "'employs'", 'contacts.weight') }}
    inner join contacts
        on legs.reached_key = contacts.account_key
        and contacts.contact_order = 1
    union all
    {{ path_of('legs', 'acquaintances.account_key', 'acquaintances.end_key',
        'acquaintances.account_person_key', 'acquaintances.verb',
        'acquaintances.weight') }}
    inner join acquaintances
        on legs.reached_key = acquaintances.via_key
        and legs.start_key <> acquaintances.end_key
    where
        not acquaintances.must_overlap
        or (
            legs.from_date <= acquaintances.until_date
            and acquaintances.from_date <= legs.until_date
        )

)

select * from final
where account_key <> partner_key
