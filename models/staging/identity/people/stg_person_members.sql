-- Question: which person is each record, and why?
-- Grain: record of the stream people.
-- The key comes from the anchor: the oldest record of the most trusted source.
with

records as (

    select * from {{ ref('stg_person_records') }}

),

clusters as (

    select node_key as record_key, component_key from {{ ref('stg_person_clusters') }}

),

edges as (

    select record_key, rule from {{ ref('stg_person_edges') }}
    union all
    select other_record_key as record_key, rule from {{ ref('stg_person_edges') }}

),

ranked as (

    select
        records.record_key,
        records.source,
        records.source_id,
        records.organisation_key,
        clusters.component_key,
        count(*) over (partition by clusters.component_key) as n_records,
        row_number() over (
            partition by clusters.component_key
            order by
                records.trust_rank,
                case when records.started_at is null then 1 else 0 end,
                records.started_at,
                records.record_key
        ) as trust_order
    from records
    inner join clusters on records.record_key = clusters.record_key

),

anchors as (

    -- a record's key is made of source and id, so it serves as the person's
    select component_key, record_key as person_key
    from ranked
    where trust_order = 1

),

strongest_edges as (

    select
        edges.record_key,
        edges.rule,
        rules.probability,
        row_number() over (
            partition by edges.record_key
            order by rules.probability desc, edges.rule asc
        ) as strength_order
    from edges
    inner join {{ ref('person_rules') }} as rules on edges.rule = rules.rule

),

final as (

    select
        ranked.record_key,
        ranked.source,
        ranked.source_id,
        ranked.organisation_key,
        ranked.trust_order,
        ranked.n_records,
        anchors.person_key,
        strongest_edges.rule as match_rule,
        strongest_edges.probability as match_probability
    from ranked
    inner join anchors on ranked.component_key = anchors.component_key
    left join strongest_edges
        on ranked.record_key = strongest_edges.record_key
        and strongest_edges.strength_order = 1

)

select * from final
