-- Question: by which rules do the records of two sources hang together, and what was
-- left open, refused or not compared? Grain: two sources, the lesser first, and rule.
-- The last_ columns are filled by the build command from the output that it replaces.
{%- set figures = [
    'n_links', 'n_review', 'n_refused', 'n_set_apart', 'n_not_compared', 'n_clusters',
    'largest_cluster'
] %}
with

fates as (

    select * from {{ ref('stg_pair_fates') }}

),

members as (

    select record_key, source, n_records from {{ ref('stg_organisation_members') }}

),

uncompared_pairs as (

    select * from {{ ref('stg_uncompared_pairs') }}

),

sourced as (

    select
        least(one.source, other.source) as source,
        greatest(one.source, other.source) as other_source,
        fates.rule,
        fates.fate,
        case when fates.fate = 'linked' then fates.organisation_key end
            as organisation_key,
        case when fates.fate = 'linked' then one.n_records end as n_records
    from fates
    inner join members as one on fates.record_key = one.record_key
    inner join members as other on fates.other_record_key = other.record_key
    where fates.fate <> 'joined_otherwise'

),

counted as (

    select
        source,
        other_source,
        rule,
        sum(case when fate = 'linked' then 1 else 0 end) as n_links,
        sum(case when fate = 'review' then 1 else 0 end) as n_review,
        sum(case when fate = 'refused' then 1 else 0 end) as n_refused,
        sum(case when fate = 'set_apart' then 1 else 0 end) as n_set_apart,
        0 as n_not_compared,
        count(distinct organisation_key) as n_clusters,
        max(n_records) as largest_cluster
    from sourced
    group by source, other_source, rule
    union all
    select
        source,
        other_source,
        'not_compared: ' || block_kind as rule,
        0 as n_links,
        0 as n_review,
        0 as n_refused,
        0 as n_set_apart,
        n_pairs as n_not_compared,
        0 as n_clusters,
        null as largest_cluster
    from uncompared_pairs

),

final as (

    select
        source,
        other_source,
        rule,
        {% for figure in figures -%}
        {{ whole(figure) }} as {{ figure }},
        {% endfor -%}
        {{ whole('null') }} as last_n_links,
        {{ whole('null') }} as last_n_refused,
        {{ whole('null') }} as last_n_clusters,
        {{ whole('null') }} as last_largest_cluster
    from counted

)

select * from final
