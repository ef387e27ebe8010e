-- Question: whose people took part in an activity? Grain: activity and account.
-- Someone who declined was not there. A partner named on the activity took part.
with

activities as (

    select * from {{ ref('stg_salesforce__activities') }}

),

contacts as (

    select
        connection,
        id,
        max(account_id) as account_id
    from {{ ref('base_salesforce__contact') }}
    group by connection, id

),

users as (

    select
        users.connection,
        users.id,
        max(users.contact_id) as contact_id,
        max(coalesce(users.account_id, contacts.account_id)) as account_id
    from {{ ref('base_salesforce__user') }} as users
    left join contacts
        on users.connection = contacts.connection and users.contact_id = contacts.id
    group by users.connection, users.id

),

invited as (

    select connection, id as activity_id, who_id as person_id from activities
    union
    select connection, id as activity_id, owner_id as person_id from activities
    union
    select connection, event_id as activity_id, relation_id as person_id
    from {{ ref('base_salesforce__event_relation') }}
    where coalesce(lower(status), '') <> 'declined'
        and coalesce(is_removed, is_deleted, 'false') <> 'true'

),

present as (

    select
        invited.connection,
        invited.activity_id,
        coalesce(contacts.account_id, users.account_id) as account_id,
        coalesce(contacts.id, users.contact_id) as contact_id
    from invited
    left join contacts
        on invited.connection = contacts.connection and invited.person_id = contacts.id
    left join users
        on invited.connection = users.connection and invited.person_id = users.id
    union all
    select
        connection,
        id as activity_id,
        partner_account as account_id,
        cast(null as {{ type_text() }}) as contact_id
    from activities

),

final as (

    select
        connection,
        activity_id,
        account_id,
        min(contact_id) as contact_id
    from present
    where account_id is not null
    group by connection, activity_id, account_id

)

select * from final
