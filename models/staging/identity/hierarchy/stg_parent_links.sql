-- Question: which claim of a parent holds, and which go round in a circle? Grain:
-- organisation with a claim. In a cycle the weakest links go, so that a person's word
-- breaks what systems say; where all are as strong, none of its members keeps a parent.
{%- set doublings = 4 %}
with

links as (

    select organisation_key, parent_organisation_key, rule, standing
    from {{ ref('stg_parent_claims') }}
    where claim_order = 1

),

reach_0 as (

    select
        organisation_key,
        parent_organisation_key as ancestor_key,
        standing as weakest,
        standing as strongest
    from links

),
{% for doubling in range(1, doublings + 1) %}
reach_{{ doubling }} as (

    select
        near.organisation_key,
        far.ancestor_key,
        greatest(near.weakest, far.weakest) as weakest,
        least(near.strongest, far.strongest) as strongest
    from reach_{{ doubling - 1 }} as near
    inner join reach_{{ doubling - 1 }} as far
        on near.ancestor_key = far.organisation_key

),
{% endfor %}
{# who is still reached after so many steps lies on a cycle, or above as many levels #}
circling as (

    select distinct ancestor_key as organisation_key from reach_{{ doublings }}

),

final as (

    select
        links.organisation_key,
        links.parent_organisation_key,
        links.rule,
        case
            when circling.organisation_key is null then 'kept'
            when reach.weakest > reach.strongest and links.standing < reach.weakest
                then 'kept'
            when reach.weakest > reach.strongest then 'overruled'
            else 'in_cycle'
        end as link_status
    from links
    left join circling on links.organisation_key = circling.organisation_key
    left join reach_{{ doublings }} as reach
        on links.organisation_key = reach.organisation_key

)

select * from final
