-- Question: how far has each capability of scoring come, and what takes it further?
-- Grain: capability. The furthest stage whose bound the measure reaches; one that is
-- not known earns the first.
with

stages as (

    select * from {{ ref('maturity_stages') }}

),

kpis as (

    select
        as_of_date,
        kpi,
        cohort,
        direction,
        value,
        lower,
        upper,
        n
    from {{ ref('kpis_monthly') }}
    where is_latest

),

reached as (

    select
        stages.*,
        as_of.as_of_date,
        kpis.value,
        kpis.lower,
        kpis.upper,
        kpis.n,
        case
            when stages.threshold is null then 1
            when kpis.direction = 'up' and kpis.value >= stages.threshold then 1
            when kpis.direction = 'down' and kpis.value <= stages.threshold then 1
            else 0
        end as is_reached
    from stages
    cross join {{ ref('stg_as_of') }} as as_of
    left join kpis on stages.kpi = kpis.kpi and stages.cohort = kpis.cohort
    where as_of.as_of_date is not null

),

ranked as (

    select
        reached.*,
        row_number() over (
            partition by capability order by stage_order desc
        ) as reached_order
    from reached
    where is_reached = 1

),

stages_after as (

    select capability, stage_order, stage, threshold from stages

),

final as (

    select
        ranked.as_of_date,
        ranked.capability,
        ranked.label,
        ranked.owner,
        ranked.kpi,
        ranked.cohort,
        ranked.value,
        ranked.lower,
        ranked.upper,
        {{ whole('ranked.n') }} as n,
        ranked.stage,
        {{ whole('ranked.stage_order') }} as stage_number,
        stages_after.stage as next_stage,
        stages_after.threshold as next_from,
        ranked.what_moves_it
    from ranked
    left join stages_after
        on ranked.capability = stages_after.capability
        and ranked.stage_order + 1 = stages_after.stage_order
    where ranked.reached_order = 1

)

select * from final
