-- Question: which Salesforce accounts are partners?
-- Grain: version of an account that is typed or enabled as a partner, or stated as the
-- partner on a deal.
with

accounts as (

    select * from {{ ref('base_salesforce__account') }}

),

opportunities as (

    select distinct connection, id, account_id
    from {{ ref('base_salesforce__opportunity') }}

),

stated as (

    select distinct stated_on.connection, stated_on.account_to_id as id
    from {{ ref('base_salesforce__opportunity_partner') }} as stated_on
    inner join opportunities
        on stated_on.connection = opportunities.connection
        and stated_on.opportunity_id = opportunities.id
        and stated_on.account_to_id <> opportunities.account_id

),

typed as (

    select
        accounts.*,
        stated.id is not null as is_stated,
        {{ translated('salesforce', 'accounts.account_type', 'accounts.type') }}
            as account_type
    from accounts
    left join stated
        on accounts.connection = stated.connection and accounts.id = stated.id

),

chosen as (

    select
        typed.*,
        coalesce(version_at, system_modstamp, synced_at) as changed_at,
        {{ salesforce_is_gone('typed') }} as is_gone
    from typed
    where is_stated
        or lower(is_partner) = 'true'
        or lower(account_type) = 'partner'

),

final as (

    select
        {{ stream_row('partners', {
            'source': 'connection',
            'source_id': 'id',
            'name': 'name',
            'domain': 'coalesce(email_domain, website)',
            'country': 'billing_country',
            'partner_type': 'coalesce(partner_type, '
                ~ translated('salesforce', 'partners.partner_type', 'type', 'null') ~ ')',
            'tier': 'partner_tier',
            'joined_at': 'partner_since',
            'left_at': 'partner_until',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from chosen

)

select * from final
