-- Question: whom do a partner and its people know? Grain: partner, person of it (null:
-- the partner as such) and tie that leads out of it. The company's own people are those
-- of the partner `own_team`.
with

walks as (

    select * from {{ ref('int_graph_walks') }}

),

partners as (

    select organisation_key as partner_key from {{ ref('stg_organisations') }}
    where is_partner and not is_own
    union all
    select 'own_team' as partner_key

),

starts as (

    select
        partner_key,
        partner_key as start_key,
        cast(null as {{ type_text() }}) as partner_person_key
    from partners
    union all
    select
        partners.partner_key,
        walks.node_key as start_key,
        walks.node_key as partner_person_key
    from partners
    inner join walks
        on partners.partner_key = walks.other_key
    where walks.edge_type = 'works_at'

),

final as (

    select
        starts.partner_key,
        starts.partner_person_key,
        starts.start_key,
        walks.other_key as reached_key,
        walks.edge_key,
        walks.edge_type,
        walks.verb,
        walks.weight,
        walks.from_date,
        walks.until_date
    from starts
    inner join walks on starts.start_key = walks.node_key
    left join starts as inside
        on starts.partner_key = inside.partner_key
        and walks.other_key = inside.start_key
    where inside.start_key is null

)

select * from final
