-- Question: which workspaces does the product know? Grain: workspace (group).
-- A group call may carry some traits only, so each comes from the latest call that has
-- it. Created is the trait, else the first call.
{% set traits = [
    'name', 'domain', 'website', 'email', 'phone', 'industry', 'employees', 'country',
    'city', 'street', 'postal_code', 'created_at'
] %}
with

calls as (

    select
        *,
        coalesce(version_at, received_at, synced_at, timestamp) as known_at,
        row_number() over (
            partition by connection, group_id
            order by timestamp desc, received_at desc, id desc
        ) as call_order,
        case when lower(is_removed) in ('true', 't', '1') then 1 else 0 end as is_gone
    from {{ ref('base_segment__groups') }}

),

found as (

    select
        {% for trait in traits -%}
        min(case when {{ trait }} <> '' then call_order end) over (
            partition by connection, group_id
        ) as order_of_{{ trait }},
        {% endfor -%}
        calls.*
    from calls

),

workspaces as (

    select
        connection,
        group_id,
        {% for trait in traits -%}
        max(case when call_order = order_of_{{ trait }} then {{ trait }} end)
            as {{ trait }},
        {% endfor -%}
        min(timestamp) as first_seen_at,
        max(known_at) as changed_at,
        case when min(is_gone) = 1 then 'true' else 'false' end as is_gone,
        min(row_file) as row_file,
        min(row_number) as row_number
    from found
    group by connection, group_id

),

final as (

    select
        {{ stream_row('accounts', {
            'source': 'connection',
            'source_id': 'group_id',
            'name': 'name',
            'domain': 'coalesce(domain, website, email)',
            'country': 'country',
            'city': 'city',
            'address': 'street',
            'postal_code': 'postal_code',
            'phone': 'phone',
            'industry': 'industry',
            'employees': 'employees',
            'created_at': 'coalesce(created_at, first_seen_at)',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from workspaces

)

select * from final
