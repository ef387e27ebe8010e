-- Question: which support cases does Salesforce know? Grain: version of a case.
with

cases as (

    select
        cases.*,
        coalesce(
            cases.version_at, cases.system_modstamp, cases.synced_at
        ) as changed_at,
        coalesce(cases.is_removed, cases.is_deleted) as is_gone
    from {{ ref('base_salesforce__case') }} as cases

),

partners as (

    select distinct source, source_id from {{ ref('stg_salesforce__partners') }}

),

joined as (

    select
        cases.*,
        partners.source_id as known_partner_id
    from cases
    left join partners
        on cases.connection = partners.source
        and cases.partner_account = partners.source_id

),

final as (

    select
        {{ stream_row('tickets', {
            'source': 'connection',
            'source_id': 'id',
            'account_id': 'account_id',
            'opened_at': 'created_date',
            'closed_at': 'closed_date',
            'severity': translated('salesforce', 'tickets.severity', 'priority'),
            'escalated': 'is_escalated',
            'csat': 'csat',
            'partner_id': 'known_partner_id',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from joined

)

select * from final
