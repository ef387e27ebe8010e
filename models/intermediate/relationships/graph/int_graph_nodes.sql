-- Question: which nodes has the graph, and what are they called where people must not
-- be named? Grain: node. An organisation that is both customer and partner is one node
-- of type partner. is_own: the company itself and its products, which tie everybody.
with

organisations as (

    select
        organisation_key,
        organisation_name,
        partner_name,
        is_partner,
        is_own
    from {{ ref('stg_organisations') }}

),

accounts as (

    select account_key from {{ ref('int_accounts') }}

),

named as (

    select
        case when organisations.is_own then 'own_team'
            else organisations.organisation_key
        end as organisation_key,
        case
            when organisations.is_own then 'own'
            when not organisations.is_partner and accounts.account_key is not null
                then 'account'
            else 'partner'
        end as node_type,
        coalesce(organisations.partner_name, organisations.organisation_name) as label
    from organisations
    left join accounts on organisations.organisation_key = accounts.account_key

),

offices as (

    select organisation_key as node_key, node_type, min(label) as label
    from named
    group by organisation_key, node_type

),

places as (

    select
        persons.person_key,
        positions.role,
        positions.seniority,
        positions.is_current,
        offices.label as office,
        row_number() over (
            partition by persons.person_key
            order by
                case when positions.is_current then 0 else 1 end asc,
                case when positions.started_at is null then 1 else 0 end asc,
                positions.started_at desc,
                positions.position_key asc
        ) as place_order
    from (select distinct person_key from {{ ref('stg_person_members') }}) as persons
    left join {{ ref('int_positions') }} as positions
        on persons.person_key = positions.person_key
    left join {{ ref('stg_organisations') }} as organisations
        on positions.organisation_key = organisations.organisation_key
    left join offices
        on case when organisations.is_own then 'own_team'
            else organisations.organisation_key
        end = offices.node_key

),

solutions as (

    select solution_key, max(provider_key) as provider_key, max(product) as product
    from {{ ref('int_solutions') }}
    group by solution_key

),

owned as (

    select count(*) as n_own from named
    where node_type = 'own'

),

final as (

    select node_key, node_type, label, node_type = 'own' as is_own from offices
    union all
    select
        'own_team' as node_key,
        'own' as node_type,
        'Our own company' as label,
        true as is_own
    from owned
    where n_own = 0
    union all
    select
        person_key as node_key,
        'person' as node_type,
        case when coalesce(is_current, true) then '' else 'former ' end
        || {{ person_label('role', 'seniority', 'office') }} as label,
        false as is_own
    from places
    where place_order = 1
    union all
    select
        solutions.solution_key as node_key,
        'solution' as node_type,
        solutions.product || coalesce(' of ' || offices.label, '') as label,
        solutions.provider_key = 'vendor' as is_own
    from solutions
    left join offices on solutions.provider_key = offices.node_key

)

select * from final
