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

described as (

    select
        {% for kind in kinds -%}
        {{ kind }}_values.n_names as n_names_of_{{ kind }},
        {% endfor -%}
        traits.*
    from traits
    {% for kind, column in kinds.items() -%}
    left join list_values as {{ kind }}_values
        on traits.list_key = {{ kind }}_values.list_key
        and {{ kind }}_values.value_kind = '{{ kind }}'
        and traits.{{ column }} = {{ kind }}_values.list_value
    {% endfor %}
),

compared as (

    select
        {% for kind, column in kinds.items() -%}
        one.{{ column }} = other.{{ column }} as has_same_{{ kind }},
        case
            when one.{{ column }} = other.{{ column }}
                then
                    greatest(one.n_names_of_{{ kind }}, other.n_names_of_{{ kind }})
        end as n_names_of_{{ kind }},
        {% endfor -%}
        pair_names.record_key,
        pair_names.other_record_key,
        pair_names.name_level,
        pair_names.has_other_geography,
        one.list_key,
        other.list_key as other_list_key,
        one.list_key = other.list_key as is_one_list,
        one.domain_label = other.domain_label as has_same_label,
        {{ is_near_address('one', 'other') }} as has_near_address,
        one.country <> other.country as has_other_country,
        one.legal_form <> other.legal_form as has_other_legal_form,
        one.is_guest or other.is_guest as has_guest,
        greatest(one.n_same_name, other.n_same_name) as n_same_name
    from pair_names
    inner join described as one on pair_names.record_key = one.record_key
    inner join described as other on pair_names.other_record_key = other.record_key

),

final as (

    select
        {% for kind in kinds -%}
        has_same_{{ kind }},
        n_names_of_{{ kind }},
        {% endfor -%}
        record_key,
        other_record_key,
        name_level,
        has_other_geography,
        list_key,
        other_list_key,
        is_one_list,
        coalesce(has_same_label, false) as has_same_label,
        coalesce(has_near_address and not has_same_address, false) as has_near_address,
        coalesce(has_other_country, false) as has_other_country,
        coalesce(has_other_legal_form, false) as has_other_legal_form,
        coalesce(has_guest and has_same_domain, false) as has_guest,
        n_same_name
    from compared

)

select * from final
