-- Question: which domains, addresses, telephones and postcodes does each list hold, and
-- how many names carry each? Grain: list, kind of value and value.
{% set kinds = {
    'domain': 'registrable_domain', 'address': 'street_address',
    'phone': 'phone_key', 'postcode': 'postcode'
} %}
with

traits as (

    select * from {{ ref('stg_record_traits') }}

),

held as (

    {% for kind, column in kinds.items() -%}
    select
        list_key,
        '{{ kind }}' as value_kind,
        {{ column }} as list_value,
        core_name
    from traits
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (

    select
        list_key,
        value_kind,
        list_value,
        count(*) as n_records,
        count(distinct coalesce(core_name, '')) as n_names
    from held
    group by list_key, value_kind, list_value

)

select * from final
