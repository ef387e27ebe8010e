-- Question: in what do two records agree, in what do they differ? Grain: candidate
-- pair. An address differs, too, where only postcodes are known and these differ.
{% set kinds = {
    'domain': 'registrable_domain', 'address': 'street_address',
    'phone': 'phone_key', 'postcode': 'postcode'
} %}
with

pair_names as (

    select * from {{ ref('stg_pair_names') }}

),

traits as (

    select * from {{ ref('stg_record_traits') }}

),

list_values as (

    select * from {{ ref('stg_list_values') }}

),

compared as (

    select
        pair_names.record_key,
        pair_names.other_record_key,
        pair_names.name_level,
        pair_names.has_other_geography,
        one.list_key,
        other.list_key as other_list_key,
        one.list_key = other.list_key as is_one_list,
        {%- for kind, column in kinds.items() %}
        one.{{ column }} = other.{{ column }} as has_same_{{ kind }},
        case when one.{{ column }} = other.{{ column }} then one.{{ column }} end
            as same_{{ kind }},
        {%- endfor %}
        one.domain_label = other.domain_label as has_same_label,
        {{ is_near_address('one', 'other') }} as has_near_address,
        one.country <> other.country as has_other_country,
        one.legal_form <> other.legal_form as has_other_legal_form,
        one.is_guest or other.is_guest as has_guest,
        greatest(one.n_same_name, other.n_same_name) as n_same_name
    from pair_names
    inner join traits as one on pair_names.record_key = one.record_key
    inner join traits as other on pair_names.other_record_key = other.record_key

),

final as (

    select
        compared.record_key,
        compared.other_record_key,
        compared.name_level,
        compared.has_other_geography,
        compared.list_key,
        compared.other_list_key,
        compared.is_one_list,
        {%- for kind in kinds %}
        compared.has_same_{{ kind }},
        greatest(one_{{ kind }}.n_names, other_{{ kind }}.n_names)
            as n_names_of_{{ kind }},
        {%- endfor %}
        coalesce(compared.has_same_label, false) as has_same_label,
        coalesce(compared.has_near_address and not compared.has_same_address, false)
            as has_near_address,
        coalesce(compared.has_other_country, false) as has_other_country,
        coalesce(compared.has_other_legal_form, false) as has_other_legal_form,
        coalesce(compared.has_guest and compared.has_same_domain, false) as has_guest,
        compared.n_same_name
    from compared
    {%- for kind in kinds %}
    left join list_values as one_{{ kind }}
        on compared.list_key = one_{{ kind }}.list_key
        and one_{{ kind }}.value_kind = '{{ kind }}'
        and compared.same_{{ kind }} = one_{{ kind }}.list_value
    left join list_values as other_{{ kind }}
        on compared.other_list_key = other_{{ kind }}.list_key
        and other_{{ kind }}.value_kind = '{{ kind }}'
        and compared.same_{{ kind }} = other_{{ kind }}.list_value
    {%- endfor %}

)

select * from final
