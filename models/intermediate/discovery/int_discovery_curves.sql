-- Question: which share of a curve's evaluations was still looking after how many days?
-- Grain: population, curve and distinct time.
with

evaluations as (

    select population, curve_type, curve_key, time_days, is_found as is_event
    from {{ ref('int_discovery_groups') }}

),

{{ kaplan_meier('evaluations', ['population', 'curve_type', 'curve_key']) }}

select * from curves
