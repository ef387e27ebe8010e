-- Question: which records hang together? Grain: record (node_key), and its cluster_key.
-- The query gives records, links, what is tolerated in one list and what people say;
-- the materialisation joins them, strong links first.
{{ config(materialized='constrained_clusters') }}
with

records as (

    select record_key, list_key from {{ ref('stg_organisation_records') }}

),

links as (

    select * from {{ ref('stg_record_links') }}

),

tolerated as (

    select record_key, other_record_key, list_key
    from {{ ref('stg_pair_scores') }}
    where is_tolerated

),

decisions as (

    select record_key, other_record_key, decision from {{ ref('stg_pair_decisions') }}

),

one_list as (

    select
        decisions.record_key,
        decisions.other_record_key,
        case when one.list_key = other.list_key then one.list_key end as list_key,
        decisions.decision
    from decisions
    inner join records as one on decisions.record_key = one.record_key
    inner join records as other on decisions.other_record_key = other.record_key

),

final as (

    select
        'record' as kind,
        record_key as from_key,
        record_key as to_key,
        list_key,
        cast(0 as {{ type_double() }}) as weight,
        false as is_strong
    from records
    union all
    select
        'link' as kind,
        record_key as from_key,
        other_record_key as to_key,
        cast(null as {{ type_text() }}) as list_key,
        match_weight as weight,
        match_probability >= {{ rule('strong_probability') }} as is_strong
    from links
    where not is_human
    union all
    select
        'tolerated' as kind,
        record_key as from_key,
        other_record_key as to_key,
        list_key,
        cast(0 as {{ type_double() }}) as weight,
        false as is_strong
    from tolerated
    union all
    select
        case when decision = 'same_as' then 'stated' else 'apart' end as kind,
        record_key as from_key,
        other_record_key as to_key,
        list_key,
        cast(0 as {{ type_double() }}) as weight,
        true as is_strong
    from one_list

)

select * from final
