-- Question: over which loads did a partner and an account overlap without a break?
-- Grain: unbroken run of a partner's loads that say the same of the account: observed
-- where the partner shares a population, else unknown.
with

landed as (

    select
        connection,
        coalesce(_partner_organization_id, '') as partner_id,
        coalesce(_record_id, '') as record_id,
        {{ read_date('loaded_at') }} as load_day,
        case
            when coalesce(_partner_population_names, '') in ('', '[]', 'null', '{}')
                then 0
            else 1
        end as is_shared,
        row_file
    from {{ ref('base_crossbeam__partner_account') }}
    where coalesce(lower(is_deleted), lower(is_removed), 'false') not in ('true', '1')

),

loads as (

    select * from {{ ref('stg_crossbeam__loads') }}

),

present as (

    select
        landed.connection,
        landed.partner_id,
        landed.record_id,
        landed.load_day,
        loads.load_number,
        loads.next_load_day,
        max(landed.is_shared) as is_shared,
        max(landed.row_file) as row_file
    from landed
    inner join loads
        on landed.connection = loads.connection
        and landed.partner_id = loads.partner_id
        and landed.load_day = loads.load_day
    group by
        landed.connection,
        landed.partner_id,
        landed.record_id,
        landed.load_day,
        loads.load_number,
        loads.next_load_day

),

before as (

    select
        present.*,
        lag(load_number) over (
            partition by connection, partner_id, record_id order by load_number
        ) as earlier_number,
        lag(is_shared) over (
            partition by connection, partner_id, record_id order by load_number
        ) as was_shared
    from present

),

counted as (

    select
        before.*,
        sum(case
            when earlier_number = load_number - 1 and was_shared = is_shared then 0
            else 1
        end) over (
            partition by connection, partner_id, record_id
            order by load_number
            rows between unbounded preceding and current row
        ) as spell_number
    from before

),

final as (

    select
        connection,
        partner_id,
        record_id,
        spell_number,
        case when max(is_shared) = 1 then 'observed' else 'unknown' end as visibility,
        min(load_day) as started_day,
        -- the first load after its last one; null while that is the partner's newest
        case when count(next_load_day) = count(*) then max(next_load_day) end
            as ended_day,
        max(row_file) as row_file
    from counted
    group by connection, partner_id, record_id, spell_number

)

select * from final
