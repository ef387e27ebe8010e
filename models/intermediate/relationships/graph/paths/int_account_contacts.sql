-- Question: who can be reached at each account, and who first? Grain: account and
-- person who works there now. The stronger tie goes first, then who decides or
-- champions.
with

walks as (

    select node_key, other_key, weight from {{ ref('int_graph_walks') }}
    where edge_type = 'works_at'

),

accounts as (

    select account_key from {{ ref('int_accounts') }}

),

deciders as (

    select distinct person_key, organisation_key
    from {{ ref('int_positions') }}
    where is_current and role in ('champion', 'decision_maker')

),

final as (

    select
        accounts.account_key,
        walks.node_key as person_key,
        walks.weight,
        row_number() over (
            partition by accounts.account_key
            order by
                walks.weight desc,
                case when deciders.person_key is null then 1 else 0 end asc,
                walks.node_key asc
        ) as contact_order
    from walks
    inner join accounts on walks.other_key = accounts.account_key
    left join deciders
        on walks.node_key = deciders.person_key
        and walks.other_key = deciders.organisation_key

)

select * from final
