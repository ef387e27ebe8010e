-- Question: which two records may be one organisation? Grain: two records, the lesser
-- key first. All that share a key of a block that is not dropped.
with

blocks as (

    select record_key, block_kind, block_key from {{ ref('stg_blocks') }}
    where not is_dropped

),

decisions as (

    select record_key, other_record_key from {{ ref('stg_identity_decisions') }}

),

found as (

    select one.record_key, other.record_key as other_record_key
    from blocks as one
    inner join blocks as other
        on one.block_kind = other.block_kind
        and one.block_key = other.block_key
        and one.record_key < other.record_key
    union all
    select
        least(record_key, other_record_key) as record_key,
        greatest(record_key, other_record_key) as other_record_key
    from decisions

),

final as (

    select distinct record_key, other_record_key
    from found

)

select * from final
