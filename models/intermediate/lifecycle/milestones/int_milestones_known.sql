-- Question: which date of a milestone was known on which days? Grain: account,
-- milestone and version. What is better founded replaces the rest from the day it is
-- known on, and never before.
with

milestones as (

    select * from {{ ref('int_milestones') }}

),

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

replaced as (

    select
        milestones.*,
        min(known_date) over (
            partition by account_key, milestone
            order by basis_order, occurred_at, basis
            rows between unbounded preceding and 1 preceding
        ) as replaced_date
    from milestones

),

final as (

    select
        replaced.account_key,
        replaced.milestone,
        replaced.basis,
        replaced.occurred_at,
        replaced.known_date as known_from_date,
        replaced.replaced_date as known_until_date
    from replaced
    inner join as_of on replaced.known_date <= as_of.as_of_date
    where replaced.replaced_date is null or replaced.known_date < replaced.replaced_date

)

select * from final
