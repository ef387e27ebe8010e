-- Question: how many records share each key, and is it too many to compare them all?
-- Grain: kind and key, of two records or more.
with

blocking_keys as (

    select block_kind, block_key from {{ ref('stg_blocking_keys') }}

),

blocking_rules as (

    select block_kind, max_records from {{ ref('blocking_rules') }}

),

counted as (

    select
        block_kind,
        block_key,
        count(*) as n_records
    from blocking_keys
    group by block_kind, block_key

),

final as (

    select
        counted.block_kind,
        counted.block_key,
        counted.n_records,
        counted.n_records > blocking_rules.max_records as is_dropped
    from counted
    inner join blocking_rules on counted.block_kind = blocking_rules.block_kind
    where counted.n_records > 1

)

select * from final
