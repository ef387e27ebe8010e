-- Question: which dates of its life does a company state? Grain: version of a company
-- and milestone. Each is a property named in the var hubspot_custom_fields.
{%- set milestones = contract().milestones.columns.milestone['values'] %}
with

companies as (

    select *
    from {{ ref('stg_hubspot__companies') }}
    where not is_alias

),

dated as (

    {% for milestone in milestones -%}
    select
        connection,
        company_id,
        '{{ milestone }}' as milestone,
        {{ milestone }} as occurred_at,
        changed_at,
        is_gone,
        row_file,
        row_number
    from companies
    where {{ milestone }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (

    select
        {{ stream_row('milestones', {
            'source': 'connection',
            'source_id': "company_id || ':' || milestone",
            'account_id': 'company_id',
            'milestone': 'milestone',
            'occurred_at': 'occurred_at',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from dated

)

select * from final
