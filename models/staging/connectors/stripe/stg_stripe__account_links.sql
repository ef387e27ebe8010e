-- Question: which billing customers carry the CRM's id? Grain: version of a customer.
-- Only where the company has mapped the field that holds it. Stripe keeps no date of
-- it, so the link holds from the beginning.
with

customers as (

    select * from {{ ref('base_stripe__customer') }}
    where crm_id is not null and coalesce(lower(livemode), 'true') <> 'false'

),

dated as (

    select
        customers.*,
        coalesce(crm_source, '{{ (connections("salesforce") | first).source }}')
            as other_source,
        coalesce(version_at, synced_at) as changed_at
    from customers

),

final as (

    select
        {{ stream_row('account_links', {
            'source': 'connection',
            'source_id': 'id',
            'account_id': 'id',
            'other_source': 'other_source',
            'other_id': 'crm_id',
            'link': "'same_as'",
            'decided_by': "'metadata'",
            'updated_at': 'changed_at',
        }) }}
    from dated

)

select * from final
