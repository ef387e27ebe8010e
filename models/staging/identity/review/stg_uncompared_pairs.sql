-- Question: how many pairs did the caps on blocks leave out? Grain: two sources, the
-- lesser first, and kind of key. An upper bound: a pair that shares another key was
-- compared all the same. Counted from the blocks' sizes, never listed.
with

dropped_blocks as (

    select record_key, block_kind, block_key from {{ ref('stg_blocks') }}
    where is_dropped

),

records as (

    select record_key, source from {{ ref('stg_organisation_records') }}

),

sized as (

    select
        dropped_blocks.block_kind,
        dropped_blocks.block_key,
        records.source,
        count(*) as n_records
    from dropped_blocks
    inner join records on dropped_blocks.record_key = records.record_key
    group by dropped_blocks.block_kind, dropped_blocks.block_key, records.source

),

final as (

    select
        one.source,
        other.source as other_source,
        one.block_kind,
        {{ whole('count(*)') }} as n_blocks,
        {{ whole(
            'sum(case when one.source = other.source '
            'then one.n_records * (one.n_records - 1) / 2 '
            'else one.n_records * other.n_records end)'
        ) }} as n_pairs
    from sized as one
    inner join sized as other
        on one.block_kind = other.block_kind
        and one.block_key = other.block_key
        and one.source <= other.source
    group by one.source, other.source, one.block_kind

)

select * from final
where n_pairs > 0
