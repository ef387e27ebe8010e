-- Question: which partner is stated to have played which role on a deal?
-- Grain: stated role.
with

opportunity_partners as (

    select * from {{ ref('stg_opportunity_partners') }}

),

partners as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'partners'

),

final as (

    select
        {{ surrogate_key([
            "'deal_role'",
            'opportunity_partners.source',
            'opportunity_partners.source_id'
        ]) }} as deal_role_key,
        {{ surrogate_key([
            "'deal'",
            'opportunity_partners.opportunity_source',
            'opportunity_partners.opportunity_id'
        ]) }} as deal_key,
        partners.organisation_key as partner_key,
        coalesce(opportunity_partners.role, 'other') as role,
        coalesce(opportunity_partners.is_primary, false) as is_primary,
        opportunity_partners.declared_at
    from opportunity_partners
    inner join partners
        on opportunity_partners.partner_source = partners.source
        and opportunity_partners.partner_id = partners.source_id

)

select * from final
