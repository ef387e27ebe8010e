-- Question: which partners are in the programme? Grain: version of a partnership.
-- The company's name is what the partner gave, else its team's, else the contact's own.
with

partnerships as (

    select * from {{ ref('base_partnerstack__partnerships') }}

),

named as (

    select
        partnerships.*,
        coalesce(
            company_name,
            team_name,
            nullif(trim(
                coalesce(first_name, '') || ' ' || coalesce(last_name, '')
            ), '')
        ) as partner_name,
        case
            when lower(is_archived) = 'true' then 'archived'
            else coalesce(status, 'active')
        end as portal_status,
        coalesce(
            version_at, {{ from_milliseconds('updated_at') }}, synced_at
        ) as changed_at
    from partnerships

),

final as (

    select
        {{ stream_row('partners', {
            'source': 'connection',
            'source_id': 'partner_key',
            'name': 'partner_name',
            'domain': 'coalesce(website, email)',
            'country': 'country',
            'partner_type': translated(
                'partnerstack', 'partners.partner_type', 'group_name'
            ),
            'tier': 'tier',
            'status': translated('partnerstack', 'partners.status', 'portal_status'),
            'joined_at': from_milliseconds('coalesce(joined_at, created_at)'),
            'left_at': from_milliseconds('left_at'),
            'manager': 'manager_name',
            'updated_at': 'changed_at',
            'is_deleted': "case when lower(test) = 'true' then 'true' else is_removed end",
        }) }}
    from named

)

select * from final
