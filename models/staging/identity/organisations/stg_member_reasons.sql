-- Question: by which link does a record belong to its organisation? Grain: record that
-- is not alone. The strongest link to another record of the same cluster: what people
-- say first, then by the order of the seed match_rules.
with

clusters as (

    select node_key as record_key, cluster_key from {{ ref('stg_record_clusters') }}

),

links as (

    select * from {{ ref('stg_record_links') }}

),

match_rules as (

    select rule, rank from {{ ref('match_rules') }}

),

inner_links as (

    select
        links.*,
        match_rules.rank as rule_rank
    from links
    inner join match_rules on links.rule = match_rules.rule
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

ranked as (

    select
        sides.*,
        row_number() over (
            partition by record_key order by rule_rank asc, match_probability desc
        ) as strength_order
    from sides

),

final as (

    select record_key, rule, match_probability, is_human
    from ranked
    where strength_order = 1

)

select * from final
