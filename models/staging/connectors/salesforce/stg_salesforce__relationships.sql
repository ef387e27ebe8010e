-- Question: which partner is stated to stand by which account? Grain: landed row; the
-- two mirrored rows of one statement have one id, so that one supersedes the other.
-- Salesforce keeps no end date: a statement that was deleted ended when it was.
with

stated as (

    select * from {{ ref('base_salesforce__account_partner') }}

),

partners as (

    select distinct source, source_id from {{ ref('stg_salesforce__partners') }}

),

turned as (

    select
        connection,
        id,
        max(role) as role
    from stated
    group by connection, id

),

directed as (

    select
        stated.*,
        case
            when stated.reverse_partner_id < stated.id then stated.reverse_partner_id
            else stated.id
        end as statement_id,
        coalesce(stated.system_modstamp, stated.synced_at) as changed_at,
        coalesce(stated.is_removed, stated.is_deleted) = 'true' as is_over,
        target.source_id is null and origin.source_id is not null as is_mirrored,
        case
            when target.source_id is null and turned.id is not null then turned.role
            else stated.role
        end as stated_role
    from stated
    left join partners as target
        on stated.connection = target.source
        and stated.account_to_id = target.source_id
    left join partners as origin
        on stated.connection = origin.source
        and stated.account_from_id = origin.source_id
    left join turned
        on stated.connection = turned.connection
        and stated.reverse_partner_id = turned.id

),

final as (

    select
        {{ stream_row('relationships', {
            'source': 'connection',
            'source_id': 'statement_id',
            'kind': translated('salesforce', 'relationships.kind', 'stated_role', "'serves'"),
            'from_type': "'partner'",
            'from_id': 'case when is_mirrored then account_from_id else account_to_id end',
            'to_type': "'account'",
            'to_id': 'case when is_mirrored then account_to_id else account_from_id end',
            'started_at': 'created_date',
            'ended_at': 'case when is_over then changed_at end',
            'updated_at': 'changed_at',
        }) }}
    from directed

)

select * from final
