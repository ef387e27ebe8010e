-- Question: how far may each shared value be trusted? Grain: candidate pair.
-- Trust is the probability that two records that share the value, and not the name, are
-- one organisation: from how their lists share such values, never from a fixed figure.
-- Stands beside what the two agree in.
{{ config(materialized='view') }}
{% set kinds = ['domain', 'address', 'phone'] %}
with

agreements as (

    select * from {{ ref('stg_pair_agreements') }}

),

sharing as (

    select
        {% for kind in kinds -%}
        max(case when value_kind = '{{ kind }}' then alone_trust end)
            as alone_{{ kind }},
        max(case when value_kind = '{{ kind }}' then shared_trust end)
            as shared_{{ kind }},
        {% endfor -%}
        list_key
    from {{ ref('stg_list_sharing') }}
    group by list_key

),

joined as (

    select
        {% for kind in kinds -%}
        case
            when agreements.is_one_list or agreements.n_names_of_{{ kind }} > 1
                then least(one.shared_{{ kind }}, other.shared_{{ kind }})
            else least(one.alone_{{ kind }}, other.alone_{{ kind }})
        end as trust_in_{{ kind }},
        {% endfor -%}
        agreements.*
    from agreements
    inner join sharing as one on agreements.list_key = one.list_key
    inner join sharing as other on agreements.other_list_key = other.list_key

),

valued as (

    select
        joined.*,
        case
            when has_same_domain and has_guest
                then least(trust_in_domain, {{ rule('guest_trust') }})
            when has_same_domain then trust_in_domain
        end as domain_trust,
        case
            when has_same_address then trust_in_address
            when has_near_address
                then least(trust_in_address, {{ rule('near_address_trust') }})
        end as address_trust,
        case when has_same_phone then trust_in_phone end as phone_trust
    from joined

),

final as (

    select
        record_key,
        other_record_key,
        list_key,
        other_list_key,
        is_one_list,
        name_level,
        n_same_name,
        has_same_domain,
        has_same_address,
        has_near_address,
        has_same_phone,
        has_same_postcode,
        n_names_of_postcode,
        has_same_label,
        has_other_country,
        has_other_geography,
        has_other_legal_form,
        domain_trust,
        address_trust,
        phone_trust,
        greatest(
            coalesce(domain_trust, 0), coalesce(address_trust, 0),
            coalesce(phone_trust, 0)
        ) as best_trust,
        case when domain_trust is null then 0 else 1 end
        + case when address_trust is null then 0 else 1 end
        + case when phone_trust is null then 0 else 1 end as n_shared
    from valued

)

select * from final
