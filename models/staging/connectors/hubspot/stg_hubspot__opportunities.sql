-- Question: which deals does HubSpot know? Grain: version of a deal. The close date of
-- an open deal is a plan, so only closed deals have one here. A deal that was merged
-- into another is deleted.
with

deals as (

    select * from {{ ref('base_hubspot__deal') }}

),

owned as (

    select * from {{ ref('stg_hubspot__deals') }}

),

stages as (

    select
        connection,
        stage_id,
        max(label) as label,
        max(lower(is_closed)) as is_closed,
        max(lower(closed_won)) as closed_won
    from {{ ref('base_hubspot__deal_pipeline_stage') }}
    group by connection, stage_id

),

qualifying_stages as (

    select source_value
    from {{ ref('source_values') }}
    where connector = 'hubspot'
        and stream_column = 'opportunities.qualified_at'

),

qualified as (

    select
        entered.connection,
        entered.deal_id,
        min(entered.date_entered) as qualified_at
    from {{ ref('base_hubspot__deal_stage') }} as entered
    left join stages
        on entered.connection = stages.connection and entered.value = stages.stage_id
    inner join qualifying_stages
        on lower(trim(coalesce(stages.label, entered.value)))
        = qualifying_stages.source_value
    group by entered.connection, entered.deal_id

),

partners as (

    select distinct source, source_id from {{ ref('stg_hubspot__partners') }}

),

joined as (

    select
        deals.*,
        owned.account_id,
        coalesce(stages.label, deals.deal_pipeline_stage_id) as stage_label,
        coalesce(deals.qualified, qualified.qualified_at) as accepted_at,
        partners.source_id as sourcing_partner_id,
        coalesce(stages.closed_won, lower(deals.property_hs_is_closed_won)) = 'true'
            as is_won,
        coalesce(stages.is_closed, lower(deals.property_hs_is_closed)) = 'true'
            as is_over,
        coalesce(
            deals.version_at, deals.property_hs_lastmodifieddate, deals.synced_at
        ) as changed_at,
        case
            when owned.current_id <> deals.deal_id then 'true'
            else coalesce(deals.is_removed, deals.is_deleted)
        end as is_gone
    from deals
    left join owned
        on deals.connection = owned.connection and deals.deal_id = owned.deal_id
    left join stages
        on deals.connection = stages.connection
        and deals.deal_pipeline_stage_id = stages.stage_id
    left join qualified
        on deals.connection = qualified.connection and deals.deal_id = qualified.deal_id
    left join partners
        on deals.connection = partners.source and deals.sourced_by = partners.source_id

),

final as (

    select
        {{ stream_row('opportunities', {
            'source': 'connection',
            'source_id': 'deal_id',
            'account_id': 'account_id',
            'kind': translated('hubspot', 'opportunities.kind', 'property_dealtype'),
            'amount': 'property_amount',
            'currency': 'property_deal_currency_code',
            'created_at': 'property_createdate',
            'qualified_at': 'accepted_at',
            'closed_at': 'case when is_won or is_over then property_closedate end',
            'stage': 'stage_label',
            'status': "case when is_won then 'won' when is_over then 'lost' "
                ~ "else 'open' end",
            'sourced_by_partner_id': 'sourcing_partner_id',
            'lost_reason': 'property_closed_lost_reason',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from joined

)

select * from final
