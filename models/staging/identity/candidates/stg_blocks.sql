-- Question: which records share a key with others, and are they too many to compare
-- them all? Grain: record, kind and key, where two records or more share it.
with

blocking_keys as (

    select * from {{ ref('stg_blocking_keys') }}

),

blocking_rules as (

    select block_kind, max_records from {{ ref('blocking_rules') }}

),

counted as (

    select
        blocking_keys.*,
        count(*) over (partition by block_kind, block_key) as n_records
    from blocking_keys

),

final as (

    select
        counted.record_key,
        counted.block_kind,
        counted.block_key,
        counted.n_records,
        counted.n_records > blocking_rules.max_records as is_dropped
    from counted
    inner join blocking_rules on counted.block_kind = blocking_rules.block_kind
    where counted.n_records > 1

)

select * from final
