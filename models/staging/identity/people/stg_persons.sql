-- Question: who is each person? Grain: person.
-- Name and address come from the most trusted record that has one.
{{ config(schema='restricted') }}
{% set attributes = ['name', 'clean_name', 'address'] %}
with

described as (

    select
        members.person_key,
        members.trust_order,
        members.source,
        records.name,
        records.clean_name,
        records.address
    from {{ ref('stg_person_members') }} as members
    inner join {{ ref('stg_person_records') }} as records
        on members.record_key = records.record_key

),

trusted as (

    select
        {% for name in attributes -%}
        min(case when {{ name }} is not null then trust_order end) over (
            partition by person_key
        ) as order_of_{{ name }},
        {% endfor -%}
        described.*
    from described

),

final as (

    select
        person_key,
        {% for name in attributes -%}
        max(case when trust_order = order_of_{{ name }} then {{ name }} end)
            as {{ name }},
        {% endfor -%}
        count(*) as n_records,
        count(distinct source) as n_sources
    from trusted
    group by person_key

)

select * from final
