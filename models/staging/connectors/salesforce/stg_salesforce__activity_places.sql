-- Question: at which customer was an activity, and on which deal? Grain: activity.
-- The account Salesforce gives, unless it is a partner's; else the deal's, else the
-- record it is about, else the one whose people were there.
with

activities as (

    select
        connection,
        id,
        max(account_id) as account_id,
        max(what_id) as what_id
    from {{ ref('stg_salesforce__activities') }}
    group by connection, id

),

partners as (

    select distinct source, source_id from {{ ref('stg_salesforce__partners') }}

),

customers as (

    select distinct accounts.connection, accounts.id
    from {{ ref('base_salesforce__account') }} as accounts
    left join partners
        on accounts.connection = partners.source and accounts.id = partners.source_id
    where partners.source_id is null

),

opportunities as (

    select
        connection,
        id,
        max(account_id) as account_id
    from {{ ref('base_salesforce__opportunity') }}
    group by connection, id

),

present as (

    select
        there.connection,
        there.activity_id,
        min(there.account_id) as account_id
    from {{ ref('stg_salesforce__activity_accounts') }} as there
    inner join customers
        on there.connection = customers.connection and there.account_id = customers.id
    group by there.connection, there.activity_id

),

final as (

    select
        activities.connection,
        activities.id as activity_id,
        opportunities.id as opportunity_id,
        coalesce(
            given.id,
            opportunities.account_id,
            about.id,
            present.account_id,
            activities.account_id
        ) as account_id
    from activities
    left join customers as given
        on activities.connection = given.connection
        and activities.account_id = given.id
    left join opportunities
        on activities.connection = opportunities.connection
        and activities.what_id = opportunities.id
    left join customers as about
        on activities.connection = about.connection
        and activities.what_id = about.id
    left join present
        on activities.connection = present.connection
        and activities.id = present.activity_id

)

select * from final
