-- Question: which support tickets does HubSpot know? Grain: version of a ticket. The
-- closing date counts while the stage is a closed one; its account is the associated
-- company that is no partner.
with

tickets as (

    select * from {{ ref('base_hubspot__ticket') }}

),

stages as (

    select
        connection,
        stage_id,
        max(coalesce(
            lower(is_closed), case when lower(ticket_state) = 'closed' then 'true' end
        )) as is_closed
    from {{ ref('base_hubspot__ticket_pipeline_stage') }}
    group by connection, stage_id

),

companies as (

    select distinct connection, company_id
    from {{ ref('stg_hubspot__companies') }}

),

partners as (

    select distinct source, source_id from {{ ref('stg_hubspot__partners') }}

),

about as (

    select
        ticket_company.connection,
        ticket_company.ticket_id,
        min(case when partners.source_id is null then companies.company_id end)
            as account_id,
        min(partners.source_id) as partner_id
    from {{ ref('base_hubspot__ticket_company') }} as ticket_company
    inner join companies
        on ticket_company.connection = companies.connection
        and ticket_company.company_id = companies.company_id
    left join partners
        on ticket_company.connection = partners.source
        and ticket_company.company_id = partners.source_id
    where coalesce(lower(ticket_company.is_removed), 'false') <> 'true'
    group by ticket_company.connection, ticket_company.ticket_id

),

joined as (

    select
        tickets.*,
        coalesce(about.account_id, about.partner_id) as account_id,
        coalesce(
            named.source_id,
            case when about.account_id is not null then about.partner_id end
        ) as partner_id,
        coalesce(stages.is_closed, 'true') = 'true' as is_over,
        coalesce(
            tickets.version_at, tickets.property_hs_lastmodifieddate, tickets.synced_at
        ) as changed_at,
        coalesce(tickets.is_removed, tickets.is_deleted) as is_gone
    from tickets
    left join about
        on tickets.connection = about.connection and tickets.id = about.ticket_id
    left join stages
        on tickets.connection = stages.connection
        and tickets.property_hs_pipeline_stage = stages.stage_id
    left join partners as named
        on tickets.connection = named.source
        and tickets.partner_company = named.source_id

),

final as (

    select
        {{ stream_row('tickets', {
            'source': 'connection',
            'source_id': 'id',
            'account_id': 'account_id',
            'opened_at': 'property_createdate',
            'closed_at': 'case when is_over then property_closed_date end',
            'severity': translated(
                'hubspot', 'tickets.severity', 'property_hs_ticket_priority'
            ),
            'escalated': 'escalated',
            'csat': 'csat',
            'partner_id': 'partner_id',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from joined

)

select * from final
