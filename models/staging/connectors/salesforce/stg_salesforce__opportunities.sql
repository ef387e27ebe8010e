-- Question: which deals does Salesforce know? Grain: version of an opportunity.
-- The close date of an open deal is a plan, so only closed deals have one here.
with

opportunities as (

    select * from {{ ref('base_salesforce__opportunity') }}

),

qualifying_stages as (

    select source_value
    from {{ ref('source_values') }}
    where connector = 'salesforce'
        and stream_column = 'opportunities.qualified_at'

),

qualified as (

    select
        stages.connection,
        stages.opportunity_id,
        min(stages.created_date) as qualified_at
    from {{ ref('base_salesforce__opportunity_history') }} as stages
    inner join qualifying_stages
        on lower(trim(stages.stage_name)) = qualifying_stages.source_value
    group by stages.connection, stages.opportunity_id

),

partners as (

    select distinct source, source_id from {{ ref('stg_salesforce__partners') }}

),

joined as (

    select
        opportunities.*,
        coalesce(opportunities.qualified, qualified.qualified_at) as accepted_at,
        partners.source_id as sourcing_partner_id,
        lower(opportunities.is_closed) = 'true' as is_over,
        coalesce(
            opportunities.version_at, opportunities.system_modstamp,
            opportunities.synced_at
        ) as changed_at,
        coalesce(opportunities.is_removed, opportunities.is_deleted) as is_gone
    from opportunities
    left join qualified
        on opportunities.connection = qualified.connection
        and opportunities.id = qualified.opportunity_id
    left join partners
        on opportunities.connection = partners.source
        and opportunities.sourced_by = partners.source_id

),

final as (

    select
        {{ stream_row('opportunities', {
            'source': 'connection',
            'source_id': 'id',
            'account_id': 'account_id',
            'kind': translated('salesforce', 'opportunities.kind', 'type'),
            'amount': 'amount',
            'currency': 'currency_iso_code',
            'created_at': 'created_date',
            'qualified_at': 'accepted_at',
            'closed_at': 'case when is_over then close_date end',
            'stage': 'stage_name',
            'status': "case when lower(is_won) = 'true' then 'won' "
                ~ "when is_over then 'lost' else 'open' end",
            'sourced_by_partner_id': 'sourcing_partner_id',
            'lost_reason': 'lost_reason',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from joined

)

select * from final
