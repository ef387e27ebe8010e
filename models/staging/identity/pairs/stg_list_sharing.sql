-- Question: what does sharing a domain, address, telephone or postcode say in a list?
-- Grain: list and kind of value. Counted, not assumed: records of one list that share
-- the value under different names are other organisations, unless the list repeats.
{% set kinds = ['domain', 'address', 'phone', 'postcode'] %}
with

agreements as (

    select * from {{ ref('stg_pair_agreements') }}
    where is_one_list

),

list_values as (

    select * from {{ ref('stg_list_values') }}

),

lists as (

    select distinct list_key from {{ ref('stg_organisation_records') }}

),

kinds as (

    {% for kind in kinds -%}
    select '{{ kind }}' as value_kind
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

sharing_pairs as (

    {% for kind in kinds -%}
    select
        list_key,
        '{{ kind }}' as value_kind,
        count(*) as n_pairs,
        sum(case
            when name_level in ('exact', 'misspelt') then 1 else 0
        end) as n_agreeing
    from agreements
    where has_same_{{ kind }}
    group by list_key
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

sharing_records as (

    select
        list_key,
        value_kind,
        sum(n_records) as n_records,
        sum(case when n_names > 1 then n_records else 0 end) as n_sharing
    from list_values
    group by list_key, value_kind

),

measured as (

    select
        lists.list_key,
        kinds.value_kind,
        coalesce(sharing_pairs.n_pairs, 0) as n_pairs,
        coalesce(sharing_pairs.n_agreeing, 0) as n_agreeing,
        least(
            0.95,
            (coalesce(sharing_pairs.n_agreeing, 0) + {{ rule('trust_prior_agreeing') }})
            / (coalesce(sharing_pairs.n_pairs, 0) + {{ rule('trust_prior_pairs') }})
            / {{ rule('duplicates_agree_on_name') }}
        ) as repeat_trust,
        (
            coalesce(sharing_records.n_sharing, 0)
            + {{ rule('trust_prior_sharing') }} * {{ rule('trust_prior_records') }}
        ) / (
            coalesce(sharing_records.n_records, 0) + {{ rule('trust_prior_records') }}
        ) as share_sharing,
        {{ rule('rename_rate') }} as rename_rate
    from lists
    cross join kinds
    left join sharing_pairs
        on lists.list_key = sharing_pairs.list_key
        and kinds.value_kind = sharing_pairs.value_kind
    left join sharing_records
        on lists.list_key = sharing_records.list_key
        and kinds.value_kind = sharing_records.value_kind

),

final as (

    select
        list_key,
        value_kind,
        n_pairs,
        n_agreeing,
        {{ six_places('repeat_trust') }} as shared_trust,
        {{ six_places(
            'rename_rate / (rename_rate + share_sharing * (1 - repeat_trust))'
        ) }} as alone_trust
    from measured

)

select * from final
