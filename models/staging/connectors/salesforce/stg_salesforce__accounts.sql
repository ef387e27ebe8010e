-- Question: which organisations does Salesforce know? Grain: version of an account.
-- A merged account stays a record, since other systems go on naming it; one deleted
-- otherwise is gone. A parent that was not landed is left out.
with

accounts as (

    select * from {{ ref('base_salesforce__account') }}

),

known as (

    select distinct connection, id from accounts

),

owners as (

    select
        connection,
        id,
        max(name) as name
    from {{ ref('base_salesforce__user') }}
    group by connection, id

),

joined as (

    select
        accounts.*,
        known.id as known_parent_id,
        owners.name as owner_name,
        coalesce(
            accounts.version_at, accounts.system_modstamp, accounts.synced_at
        ) as changed_at,
        {{ salesforce_is_gone('accounts') }} as is_gone
    from accounts
    left join known
        on accounts.connection = known.connection
        and accounts.parent_id = known.id
        and accounts.parent_id <> accounts.id
    left join owners
        on accounts.connection = owners.connection
        and accounts.owner_id = owners.id

),

final as (

    select
        {{ stream_row('accounts', {
            'source': 'connection',
            'source_id': 'id',
            'name': 'name',
            'domain': 'coalesce(email_domain, website)',
            'country': 'billing_country',
            'region': 'billing_state',
            'city': 'billing_city',
            'address': 'billing_street',
            'postal_code': 'billing_postal_code',
            'phone': 'phone',
            'industry': 'industry',
            'segment': 'segment',
            'employees': 'number_of_employees',
            'annual_revenue': 'annual_revenue',
            'account_type': "case when lower(is_partner) = 'true' then 'partner' else "
                ~ translated('salesforce', 'accounts.account_type', 'type') ~ " end",
            'parent_id': 'known_parent_id',
            'owner': 'owner_name',
            'created_at': 'created_date',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from joined

)

select * from final
