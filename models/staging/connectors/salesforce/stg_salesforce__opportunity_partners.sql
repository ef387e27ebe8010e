-- Question: which partner is stated on which deal? Grain: landed row; the two mirrored
-- rows of one statement have one id, so that one of them is superseded by the other.
with

stated as (

    select * from {{ ref('base_salesforce__opportunity_partner') }}

),

opportunities as (

    select distinct connection, id, account_id
    from {{ ref('base_salesforce__opportunity') }}

),

turned as (

    select
        connection,
        id,
        max(account_to_id) as account_to_id,
        max(role) as role,
        max(is_primary) as is_primary
    from stated
    group by connection, id

),

joined as (

    select
        stated.*,
        case
            when stated.reverse_partner_id < stated.id then stated.reverse_partner_id
            else stated.id
        end as statement_id,
        coalesce(turned.account_to_id, stated.account_to_id) as partner_account_id,
        case
            when turned.id is null then stated.role
            else turned.role
        end as stated_role,
        case when turned.id is null then stated.is_primary else turned.is_primary end
            as is_main,
        coalesce(stated.system_modstamp, stated.synced_at) as changed_at,
        coalesce(stated.is_removed, stated.is_deleted) as is_gone
    from stated
    left join opportunities
        on stated.connection = opportunities.connection
        and stated.opportunity_id = opportunities.id
    -- the mirrored row points back at the customer; what counts is in the other one
    left join turned
        on stated.connection = turned.connection
        and stated.reverse_partner_id = turned.id
        and stated.account_to_id = opportunities.account_id

),

final as (

    select
        {{ stream_row('opportunity_partners', {
            'source': 'connection',
            'source_id': 'statement_id',
            'opportunity_id': 'opportunity_id',
            'partner_id': 'partner_account_id',
            'role': translated('salesforce', 'opportunity_partners.role', 'stated_role'),
            'is_primary': 'is_main',
            'declared_at': 'created_date',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from joined

)

select * from final
