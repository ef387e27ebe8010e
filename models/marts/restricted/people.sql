-- Question: who is each person, and where has this person been? Grain: person.
-- The only mart with names and addresses.
with

persons as (

    select * from {{ ref('stg_persons') }}

),

organisations as (

    select organisation_key, organisation_name from {{ ref('stg_organisations') }}

),

positions as (

    select
        positions.*,
        row_number() over (
            partition by person_key
            order by
                case when started_at is null then 0 else 1 end, started_at, position_key
        ) as position_number,
        row_number() over (
            partition by person_key
            order by
                case when is_current then 0 else 1 end asc,
                case when started_at is null then 1 else 0 end asc,
                started_at desc,
                position_key asc
        ) as present_order
    from {{ ref('int_positions') }} as positions

),

described as (

    select
        positions.person_key,
        positions.position_number,
        positions.present_order,
        positions.is_current,
        positions.organisation_key,
        coalesce(organisations.organisation_name, '?')
        || coalesce(', ' || positions.title, '')
        || coalesce(', ' || positions.role, '')
        || case
            when positions.ended_at is not null
                then
                    ' ('
                    || coalesce(
                        cast(cast(positions.started_at as date) as {{ type_text() }})
                        || ' ',
                        ''
                    )
                    || 'to '
                    || cast(cast(positions.ended_at as date) as {{ type_text() }})
                    || ')'
            when positions.started_at is not null
                then
                    ' (since '
                    || cast(cast(positions.started_at as date) as {{ type_text() }})
                    || ')'
            else ''
        end as position_text
    from positions
    inner join organisations
        on positions.organisation_key = organisations.organisation_key

),

listed as (

    select
        person_key,
        {{ ordered_list('position_text', ' | ', 'position_number') }} as positions_text,
        max(case when present_order = 1 and is_current then organisation_key end)
            as organisation_key,
        count(*) as n_positions
    from described
    group by person_key

),

final as (

    select
        persons.person_key,
        persons.name,
        persons.address,
        listed.organisation_key,
        listed.positions_text,
        cast(coalesce(listed.n_positions, 0) as {{ dbt.type_bigint() }}) as n_positions,
        cast(persons.n_records as {{ dbt.type_bigint() }}) as n_source_records,
        cast(persons.n_sources as {{ dbt.type_bigint() }}) as n_sources
    from persons
    left join listed on persons.person_key = listed.person_key

)

select * from final
