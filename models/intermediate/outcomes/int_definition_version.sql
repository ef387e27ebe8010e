-- Question: which version of the rules is in force? Grain: one row.
-- The highest version of any rule now in force.
with

versions as (

    select version from {{ ref('rules') }}
    where valid_to is null
    union all
    select version from {{ ref('stages') }}
    union all
    select version from {{ ref('touch_stage_relevance') }}
    union all
    select version from {{ ref('touch_type_stages') }}

)

select cast(max(version) as {{ dbt.type_bigint() }}) as definition_version from versions
