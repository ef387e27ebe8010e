-- Question: which organisations look like parts of one group? Grain: two organisations
-- that share a domain. Where one's name lies within the other's (Acme, Acme Germany)
-- the longer is the child; else they are siblings. Ties never merge anything.
with

domains as (

    select organisation_key, registrable_domain
    from {{ ref('stg_organisation_domains') }}
    where not is_crowded

),

named as (

    select
        organisation_key,
        core_name,
        row_number() over (
            partition by organisation_key order by trust_order
        ) as name_order
    from {{ ref('stg_organisation_members') }}
    where core_name is not null

),

names as (

    select organisation_key, ' ' || core_name || ' ' as spaced_name
    from named
    where name_order = 1

),

sharing as (

    select
        one.organisation_key,
        other.organisation_key as other_organisation_key,
        min(one.registrable_domain) as registrable_domain
    from domains as one
    inner join domains as other
        on one.registrable_domain = other.registrable_domain
        and one.organisation_key <> other.organisation_key
    group by one.organisation_key, other.organisation_key

),

compared as (

    select
        sharing.*,
        length(other_names.spaced_name) as parent_name_length,
        coalesce(
            length(names.spaced_name) > length(other_names.spaced_name)
            and {{ dbt.position('other_names.spaced_name', 'names.spaced_name') }} > 0,
            false
        ) as is_child,
        coalesce(
            length(other_names.spaced_name) > length(names.spaced_name)
            and {{ dbt.position('names.spaced_name', 'other_names.spaced_name') }} > 0,
            false
        ) as is_parent
    from sharing
    left join names on sharing.organisation_key = names.organisation_key
    left join names as other_names
        on sharing.other_organisation_key = other_names.organisation_key

),

final as (

    select
        organisation_key,
        other_organisation_key,
        case when is_child then 'child_of' else 'sibling_of' end as tie,
        registrable_domain,
        case when is_child then parent_name_length end as parent_name_length
    from compared
    where is_child or (not is_parent and organisation_key < other_organisation_key)

)

select * from final
