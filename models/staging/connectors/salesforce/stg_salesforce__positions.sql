-- Question: which contact was at which account, from when to when?
-- Grain: contact, account and begin. A contact's moves come from its kept versions or
-- its field history; where there is neither, it has been where it is since it was made.
with

contacts as (

    select * from {{ ref('base_salesforce__contact') }}

),

known_accounts as (

    select distinct connection, id from {{ ref('base_salesforce__account') }}

),

{# a change of account is written twice, by name and by id; names are no accounts #}
account_changes as (

    select
        changes.connection,
        changes.contact_id,
        changes.old_value,
        changes.new_value,
        changes.created_date,
        row_number() over (
            partition by changes.connection, changes.contact_id
            order by coalesce(changes.created_date, ''), changes.new_value
        ) as change_order
    from {{ ref('base_salesforce__contact_history') }} as changes
    left join known_accounts as earlier
        on changes.connection = earlier.connection and changes.old_value = earlier.id
    left join known_accounts as later
        on changes.connection = later.connection and changes.new_value = later.id
    where
        lower(replace(changes.field, '_', '')) in ('account', 'accountid')
        and (earlier.id is not null or later.id is not null)

),

begun as (

    select
        connection,
        id as contact_id,
        min(created_date) as created_date
    from contacts
    group by connection, id

),

moves as (

    select
        contacts.connection,
        contacts.id as contact_id,
        contacts.account_id,
        coalesce(contacts.version_at, contacts.created_date) as moved_at
    from contacts
    left join account_changes
        on contacts.connection = account_changes.connection
        and contacts.id = account_changes.contact_id
        and account_changes.change_order = 1
    where account_changes.contact_id is null
    union all
    select connection, contact_id, new_value as account_id, created_date as moved_at
    from account_changes
    union all
    select
        account_changes.connection,
        account_changes.contact_id,
        account_changes.old_value as account_id,
        begun.created_date as moved_at
    from account_changes
    inner join begun
        on account_changes.connection = begun.connection
        and account_changes.contact_id = begun.contact_id
    where account_changes.change_order = 1

),

placed as (

    select
        moves.*,
        lag(moves.account_id) over (
            partition by moves.connection, moves.contact_id
            order by moves.moved_at, moves.account_id
        ) as previous_account_id
    from moves
    inner join known_accounts
        on moves.connection = known_accounts.connection
        and moves.account_id = known_accounts.id

),

final as (

    select
        connection,
        contact_id,
        account_id,
        moved_at as started_at,
        lead(moved_at) over (
            partition by connection, contact_id order by moved_at, account_id
        ) as ended_at
    from placed
    where previous_account_id is null or previous_account_id <> account_id

)

select * from final
