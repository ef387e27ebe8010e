-- Question: which dates of its life does an account state?
-- Grain: version of an account and milestone. Each is a field the company adds and
-- names in salesforce_custom_fields.
{%- set milestones = contract().milestones.columns.milestone['values'] %}
with

accounts as (

    select
        account.*,
        coalesce(version_at, system_modstamp, synced_at) as changed_at,
        case
            when master_record_id is not null then 'false'
            else coalesce(is_removed, is_deleted)
        end as is_gone
    from {{ ref('base_salesforce__account') }} as account

),

dated as (

    {% for milestone in milestones -%}
    select
        connection,
        id,
        '{{ milestone }}' as milestone,
        {{ milestone }} as occurred_at,
        changed_at,
        is_gone,
        row_file,
        row_number
    from accounts
    where {{ milestone }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (

    select
        {{ stream_row('milestones', {
            'source': 'connection',
            'source_id': "id || ':' || milestone",
            'account_id': 'id',
            'milestone': 'milestone',
            'occurred_at': 'occurred_at',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from dated

)

select * from final
