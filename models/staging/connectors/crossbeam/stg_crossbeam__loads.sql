-- Question: on which days did which partner's overlaps load? Grain: partner and day.
-- Loads are numbered for each partner apart: one that did not load says nothing.
with

landed as (

    select
        connection,
        coalesce(_partner_organization_id, '') as partner_id,
        {{ read_date('loaded_at') }} as load_day
    from {{ ref('base_crossbeam__partner_account') }}

),

days as (

    select distinct
        connection,
        partner_id,
        load_day
    from landed
    where load_day is not null

),

final as (

    select
        connection,
        partner_id,
        load_day,
        row_number() over (
            partition by connection, partner_id order by load_day
        ) as load_number,
        lead(load_day) over (
            partition by connection, partner_id order by load_day
        ) as next_load_day
    from days

)

select * from final
