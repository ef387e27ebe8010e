-- Question: at which level does each comparison of two records stand? Grain: candidate
-- pair. Domain, address, telephone and postcode are one comparison, place: they come
-- and go together, and count once.
{{ config(materialized='view') }}
with

trust as (

    select * from {{ ref('stg_pair_trust') }}

),

list_pairs as (

    select * from {{ ref('stg_list_pairs') }}

),

seen as (

    select
        trust.*,
        trust.domain_trust is not null as has_domain_trust,
        not coalesce(trust.has_same_address, trust.has_same_postcode, true)
        and not trust.has_near_address as has_other_address,
        coalesce(list_pairs.share_told, 0) as share_told
    from trust
    left join list_pairs
        on least(trust.list_key, trust.other_list_key) = list_pairs.list_key
        and greatest(trust.list_key, trust.other_list_key) = list_pairs.other_list_key

),

final as (

    select
        record_key,
        other_record_key,
        list_key,
        other_list_key,
        is_one_list,
        share_told,
        case
            when name_level = 'exact' and not is_one_list and n_same_name = 1
                then 'exact_unique'
            else name_level
        end as name_level,
        case
            when n_shared > 1 and best_trust >= {{ rule('trust_sure') }}
                then 'several_sure'
            when n_shared > 1 and best_trust >= {{ rule('trust_fair') }}
                then 'several_fair'
            when has_other_address and n_shared = 1 and not has_domain_trust
                and best_trust >= {{ rule('trust_doubtful') }}
                then 'phone_elsewhere'
            when has_other_address and best_trust >= {{ rule('trust_doubtful') }}
                then 'domain_elsewhere'
            when best_trust >= {{ rule('trust_sure') }} then 'sure'
            when best_trust >= {{ rule('trust_fair') }} then 'fair'
            when best_trust >= {{ rule('trust_doubtful') }}
                and (n_shared > 1 or has_same_postcode)
                then 'several_doubtful'
            when best_trust >= {{ rule('trust_doubtful') }} then 'doubtful'
            when n_shared > 0 then 'crowded'
            when has_same_label then 'domain_label'
            when has_same_postcode and has_same_address is null
                and n_names_of_postcode = 1
                then 'postcode'
            when has_same_postcode and has_same_address is null
                then 'crowded_postcode'
            when has_other_address then 'address_differs'
            when not has_same_domain then 'domain_differs'
            when not has_same_phone then 'phone_differs'
            else 'unknown'
        end as place_level,
        case
            when not is_one_list then 'two_lists'
            when share_told < {{ rule('list_unique_below') }}
                then 'list_without_repeats'
            when share_told < {{ rule('list_some_below') }} then 'list_with_repeats'
            else 'list_of_repeats'
        end as list_level,
        case
            when has_other_country then 'country'
            when has_other_geography then 'geography'
            when has_other_legal_form then 'legal_form'
            else 'none'
        end as conflict_level
    from seen

)

select * from final
