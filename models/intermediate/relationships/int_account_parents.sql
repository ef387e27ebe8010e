-- Question: which account does each account belong to, and which is the highest above
-- it? Grain: account with an account above it. A parent that is no account is passed
-- over: the nearest, and the highest, organisation above that is one counts.
{%- set doublings = 5 %}
with

accounts as (

    select account_key from {{ ref('int_accounts') }}

),

hierarchy as (

    select organisation_key, parent_organisation_key
    from {{ ref('stg_organisation_hierarchy') }}
    where parent_organisation_key is not null

),

reach_0 as (

    select
        hierarchy.organisation_key,
        hierarchy.parent_organisation_key as ancestor_key,
        accounts.account_key as nearest_key,
        accounts.account_key as highest_key
    from hierarchy
    left join accounts on hierarchy.parent_organisation_key = accounts.account_key

),
{% for doubling in range(1, doublings + 1) %}
reach_{{ doubling }} as (

    select
        near.organisation_key,
        coalesce(far.ancestor_key, near.ancestor_key) as ancestor_key,
        coalesce(near.nearest_key, far.nearest_key) as nearest_key,
        coalesce(far.highest_key, near.highest_key) as highest_key
    from reach_{{ doubling - 1 }} as near
    left join reach_{{ doubling - 1 }} as far
        on near.ancestor_key = far.organisation_key

),
{% endfor %}
final as (

    select
        accounts.account_key,
        reach.nearest_key as parent_account_key,
        reach.highest_key as ultimate_parent_account_key
    from accounts
    inner join reach_{{ doublings }} as reach
        on accounts.account_key = reach.organisation_key
    where reach.nearest_key is not null

)

select * from final
