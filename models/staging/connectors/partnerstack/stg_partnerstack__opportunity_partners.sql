-- Question: which deals did a partner bring, as the portal says? Grain: version of a
-- deal in the CRM whose source is the partner. A deal without the CRM's id is a touch
-- only; an id that no system knows is refused, so that it shows.
with

deals as (

    select
        deals.*,
        {{ translated('partnerstack', 'opportunity_partners.role', 'deals.source') }}
            as role
    from {{ ref('base_partnerstack__deals') }} as deals
    where deals.external_key is not null

),

{{ known_opportunities() }},

located as (

    select
        deals.*,
        'deal_' || deals.key as role_id,
        known_opportunities.source as opportunity_source
    from deals
    left join known_opportunities
        on deals.external_key = known_opportunities.source_id
        and known_opportunities.id_order = 1
    where deals.role = 'sourcing'

),

final as (

    select
        {{ stream_row('opportunity_partners', {
            'source': 'connection',
            'source_id': 'role_id',
            'opportunity_id': 'external_key',
            'opportunity_source': 'opportunity_source',
            'partner_id': 'partner_key',
            'role': 'role',
            'declared_at': from_milliseconds('created_at'),
            'updated_at': 'coalesce(version_at, ' ~ from_milliseconds('updated_at')
                ~ ', synced_at)',
            'is_deleted': "case when lower(test) = 'true' then 'true' else is_removed end",
        }) }}
    from located

)

select * from final
