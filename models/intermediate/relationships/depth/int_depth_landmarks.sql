-- Question: how deep was the deepest partner of a customer half a year after go-live?
-- Grain: account and that day; shaped like trials, so that levels are compared the way
-- partners are. Comparable: one segment, and one year where there is room.
with

customers as (

    select * from {{ ref('int_depth_customers') }}

),

accounts as (

    select account_key, segment from {{ ref('int_accounts') }}

),

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

steps as (

    select account_key, touch_date, next_touch_date, level
    from {{ ref('int_depth_steps') }}

),

deepest as (

    select
        customers.account_key,
        customers.landmark_date,
        max({{ depth_after_silence(
            'steps.level',
            dbt.datediff('steps.touch_date', 'customers.landmark_date', 'day')
        ) }}) as level
    from customers
    inner join steps
        on customers.account_key = steps.account_key
        and {{ in_force(
            'customers.landmark_date', 'steps.touch_date', 'steps.next_touch_date'
        ) }}
    group by customers.account_key, customers.landmark_date

),

placed as (

    select
        as_of.as_of_date,
        customers.account_key,
        customers.landmark_date,
        customers.outcome,
        accounts.segment,
        cast(extract(year from customers.landmark_date) as integer) as start_year,
        cast(coalesce(deepest.level, 0) as {{ dbt.type_int() }}) as level
    from customers
    cross join as_of
    inner join accounts on customers.account_key = accounts.account_key
    left join deepest
        on customers.account_key = deepest.account_key
        and customers.landmark_date = deepest.landmark_date

),

final as (

    select
        as_of_date,
        {{ surrogate_key(["'depth'", 'account_key', 'landmark_date']) }} as trial_key,
        'retention' as stage,
        account_key,
        landmark_date,
        outcome,
        level,
        segment,
        'any' as stratum_sourcer,
        {{ surrogate_key(['segment']) }} as stratum_key,
        {{ surrogate_key(['segment']) }} as sourcer_key,
        {{ surrogate_key(['segment', 'start_year']) }} as year_key,
        {{ surrogate_key(['segment', 'start_year']) }} as cell_key
    from placed

)

select * from final
