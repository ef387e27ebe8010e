-- Question: which leads did partners hand in, and which deals did they register? Grain:
-- version of a lead or deal. Declared: somebody stated it in the portal.
-- The CRM's id of the deal counts where some system knows such a deal.
with

leads as (

    select
        'lead_' || key as touch_id,
        'referral' as touch_type,
        partner_key,
        external_key,
        quality,
        duration_minutes,
        sharing_scope,
        retain_until,
        created_at,
        updated_at,
        test,
        connection,
        version_at,
        synced_at,
        is_removed,
        row_file,
        row_number
    from {{ ref('base_partnerstack__leads') }}

),

deals as (

    select
        'deal_' || key as touch_id,
        'deal_registration' as touch_type,
        partner_key,
        external_key,
        quality,
        duration_minutes,
        sharing_scope,
        retain_until,
        created_at,
        updated_at,
        test,
        connection,
        version_at,
        synced_at,
        is_removed,
        row_file,
        row_number
    from {{ ref('base_partnerstack__deals') }}

),

stated as (

    select * from leads
    union all
    select * from deals

),

{{ known_opportunities() }},

located as (

    select
        stated.*,
        known_opportunities.source as opportunity_source,
        known_opportunities.source_id as opportunity_id
    from stated
    left join known_opportunities
        on stated.external_key = known_opportunities.source_id
        and known_opportunities.id_order = 1

),

final as (

    select
        {{ stream_row('touches', {
            'source': 'connection',
            'source_id': 'touch_id',
            'actor': "'partner'",
            'partner_id': 'partner_key',
            'account_id': 'touch_id',
            'touch_type': 'touch_type',
            'occurred_at': from_milliseconds('created_at'),
            'opportunity_id': 'opportunity_id',
            'opportunity_source': 'opportunity_source',
            'duration_minutes': 'duration_minutes',
            'quality': 'quality',
            'evidence': "'declared'",
            'sharing_scope': 'sharing_scope',
            'retain_until': 'retain_until',
            'updated_at': 'coalesce(version_at, ' ~ from_milliseconds('updated_at')
                ~ ', synced_at)',
            'is_deleted': "case when lower(test) = 'true' then 'true' else is_removed end",
        }) }}
    from located

)

select * from final
