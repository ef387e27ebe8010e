-- Question: which organisation is each record part of, and why?
-- Grain: source record of an organisation.
-- The key comes from the anchor: the oldest record of the most trusted source.
with

records as (

    select * from {{ ref('stg_organisation_records') }}

),

first_names as (

    select record_key, core_name from {{ ref('stg_record_names') }}
    where name_order = 1

),

clusters as (

    select node_key as record_key, cluster_key from {{ ref('stg_record_clusters') }}

),

reasons as (

    select * from {{ ref('stg_member_reasons') }}

),

ranked as (

    select
        records.record_key,
        records.stream,
        records.source,
        records.source_id,
        first_names.core_name,
        records.host,
        records.country,
        records.name,
        clusters.cluster_key,
        count(*) over (partition by clusters.cluster_key) as n_records,
        row_number() over (
            partition by clusters.cluster_key
            order by
                coalesce(source_trust.rank, {{ rule('source_trust_default') }}),
                case when records.created_at is null then 1 else 0 end,
                records.created_at,
                records.record_key
        ) as trust_order
    from records
    inner join clusters on records.record_key = clusters.record_key
    left join first_names on records.record_key = first_names.record_key
    left join {{ ref('source_trust') }} as source_trust
        on records.source = source_trust.source

),

anchors as (

    select
        cluster_key,
        {{ surrogate_key(["'organisation'", 'stream', 'source', 'source_id']) }}
            as organisation_key
    from ranked
    where trust_order = 1

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
        reasons.rule as match_rule,
        reasons.match_probability,
        coalesce(reasons.is_human, false) as is_manual,
        case
            when ranked.n_records = 1 then 'single'
            when reasons.is_human then 'manual'
            else 'matched'
        end as match_status
    from ranked
    inner join anchors on ranked.cluster_key = anchors.cluster_key
    left join reasons on ranked.record_key = reasons.record_key

)

select * from final
