-- Question: why do two organisations stay two although records of theirs are linked?
-- Grain: two organisations, the lesser key first. The first of the conditions of the
-- materialisation constrained_clusters that they do not meet.
with

fates as (

    select * from {{ ref('stg_pair_fates') }}
    where fate in ('refused', 'review', 'set_apart')

),

list_sizes as (

    select
        organisation_key,
        stream,
        source,
        count(*) as n_records
    from {{ ref('stg_organisation_members') }}
    group by organisation_key, stream, source

),

sizes as (

    select organisation_key, sum(n_records) as n_records
    from list_sizes
    group by organisation_key

),

counted as (

    select
        least(organisation_key, other_organisation_key) as organisation_key,
        greatest(organisation_key, other_organisation_key) as other_organisation_key,
        sum(case when fate = 'refused' and not is_human then 1 else 0 end) as n_links,
        sum(case
            when fate <> 'set_apart' and is_one_list and (is_tolerated or is_human)
                then 1
            else 0
        end) as n_tolerated,
        max(case when fate = 'set_apart' then 1 else 0 end) as is_set_apart,
        max(case
            when fate = 'refused' and not is_human
                and match_probability >= {{ rule('strong_probability') }}
                then 1
            else 0
        end) as has_strong
    from fates
    group by
        least(organisation_key, other_organisation_key),
        greatest(organisation_key, other_organisation_key)
    having max(case when fate = 'refused' then 1 else 0 end) = 1

),

within_lists as (

    select
        counted.organisation_key,
        counted.other_organisation_key,
        sum(one.n_records * other.n_records) as n_pairs
    from counted
    inner join list_sizes as one on counted.organisation_key = one.organisation_key
    inner join list_sizes as other
        on counted.other_organisation_key = other.organisation_key
        and one.stream = other.stream
        and one.source = other.source
    group by counted.organisation_key, counted.other_organisation_key

),

final as (

    select
        counted.organisation_key,
        counted.other_organisation_key,
        {{ whole('counted.n_links') }} as n_links,
        case
            when counted.is_set_apart = 1 then 'set_apart'
            when counted.n_tolerated < coalesce(within_lists.n_pairs, 0)
                then 'one_list'
            when one.n_records + other.n_records > {{ rule('max_cluster_records') }}
                then 'too_large'
            else 'weak_link'
        end as refusal
    from counted
    inner join sizes as one on counted.organisation_key = one.organisation_key
    inner join sizes as other
        on counted.other_organisation_key = other.organisation_key
    left join within_lists
        on counted.organisation_key = within_lists.organisation_key
        and counted.other_organisation_key = within_lists.other_organisation_key

)

select * from final
