-- Question: which organisation is each record part of, and why?
-- Grain: source record of an organisation.
-- The key comes from the anchor: the oldest record of the most trusted source.
with

records as (

    select * from {{ ref('stg_organisation_records') }}

),

clusters as (

    select node_key as record_key, component_key from {{ ref('stg_record_clusters') }}

),

links as (

    select record_key, rule, probability, is_human from {{ ref('stg_record_links') }}
    union all
    select other_record_key as record_key, rule, probability, is_human
    from {{ ref('stg_record_links') }}

),

ranked as (

    select
        records.record_key,
        records.stream,
        records.source,
        records.source_id,
        records.core_name,
        records.host,
        records.country,
        records.name,
        clusters.component_key,
        count(*) over (partition by clusters.component_key) as n_records,
        row_number() over (
            partition by clusters.component_key
            order by
                coalesce(source_trust.rank, {{ rule('source_trust_default') }}),
                case when records.created_at is null then 1 else 0 end,
                records.created_at,
                records.record_key
        ) as trust_order
    from records
    inner join clusters on records.record_key = clusters.record_key
    left join {{ ref('source_trust') }} as source_trust
        on records.source = source_trust.source

),

anchors as (

    select
        component_key,
        {{ surrogate_key(["'organisation'", 'stream', 'source', 'source_id']) }}
            as organisation_key
    from ranked
    where trust_order = 1

),

strongest_links as (

    select
        record_key,
        rule,
        probability,
        row_number() over (
            partition by record_key order by probability desc, rule asc
        ) as strength_order,
        max(case when is_human then 1 else 0 end) over (
            partition by record_key
        ) as n_human
    from links

),

final as (

    select
        ranked.record_key,
        ranked.stream,
        ranked.source,
        ranked.source_id,
        ranked.name,
        ranked.core_name,
        ranked.host,
        ranked.country,
        ranked.trust_order,
        ranked.n_records,
        anchors.organisation_key,
        strongest_links.rule as match_rule,
        strongest_links.probability as match_probability,
        coalesce(strongest_links.n_human = 1, false) as is_manual,
        case
            when ranked.n_records = 1 then 'single'
            when strongest_links.n_human = 1 then 'manual'
            else 'matched'
        end as match_status
    from ranked
    inner join anchors on ranked.component_key = anchors.component_key
    left join strongest_links
        on ranked.record_key = strongest_links.record_key
        and strongest_links.strength_order = 1

)

select * from final
