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

links as (

    select
        links.*,
        match_rules.rank as rule_rank
    from {{ ref('stg_record_links') }} as links
    inner join {{ ref('match_rules') }} as match_rules on links.rule = match_rules.rule

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

inner_links as (

    select links.*
    from links
    inner join clusters as one on links.record_key = one.record_key
    inner join clusters as other
        on links.other_record_key = other.record_key
        and one.cluster_key = other.cluster_key

),

sides as (

    select record_key, rule, rule_rank, match_probability, is_human from inner_links
    union all
    select other_record_key as record_key, rule, rule_rank, match_probability, is_human
    from inner_links

),

strongest as (

    select
        sides.*,
        row_number() over (
            partition by record_key order by rule_rank asc, match_probability desc
        ) as strength_order
    from sides

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
        strongest.rule as match_rule,
        strongest.match_probability,
        coalesce(strongest.is_human, false) as is_manual,
        case
            when ranked.n_records = 1 then 'single'
            when strongest.is_human then 'manual'
            else 'matched'
        end as match_status
    from ranked
    inner join anchors on ranked.cluster_key = anchors.cluster_key
    left join strongest
        on ranked.record_key = strongest.record_key
        and strongest.strength_order = 1

)

select * from final
