-- Question: which partners is the company connected with? Grain: landed row of a
-- partner; each load repeats them, and the newest counts.
with

partners as (

    select * from {{ ref('base_crossbeam__partners') }}

),

final as (

    select
        {{ stream_row('partners', {
            'source': 'connection',
            'source_id': 'id',
            'name': 'name',
            'domain': 'domain',
            'updated_at': 'coalesce(version_at, synced_at)',
            'is_deleted': 'is_removed',
        }) }}
    from partners

)

select * from final
