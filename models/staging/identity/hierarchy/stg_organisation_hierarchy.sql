-- Question: whose child is each organisation, and who stands at the top? Grain:
-- organisation. Steps to the top are doubled, up to 32 levels; organisations whose
-- parents go round in a circle have none, and are flagged.
{%- set doublings = 5 %}
with

organisations as (

    select organisation_key from {{ ref('stg_organisations') }}

),

links as (

    select * from {{ ref('stg_parent_links') }}

),

reach_0 as (

    select organisation_key, parent_organisation_key as ancestor_key, 1 as n_levels
    from links
    where link_status = 'kept'

),
{% for doubling in range(1, doublings + 1) %}
reach_{{ doubling }} as (

    select
        near.organisation_key,
        coalesce(far.ancestor_key, near.ancestor_key) as ancestor_key,
        near.n_levels + coalesce(far.n_levels, 0) as n_levels
    from reach_{{ doubling - 1 }} as near
    left join reach_{{ doubling - 1 }} as far
        on near.ancestor_key = far.organisation_key

),
{% endfor %}
final as (

    select
        organisations.organisation_key,
        case when links.link_status = 'kept' then links.parent_organisation_key end
            as parent_organisation_key,
        reach.ancestor_key as ultimate_parent_organisation_key,
        case when links.link_status = 'kept' then links.rule end as hierarchy_rule,
        coalesce(reach.n_levels, 0) as depth,
        coalesce(links.link_status = 'in_cycle', false) as is_in_cycle
    from organisations
    left join links on organisations.organisation_key = links.organisation_key
    left join reach_{{ doublings }} as reach
        on organisations.organisation_key = reach.organisation_key

)

select * from final
