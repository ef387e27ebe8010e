-- Question: which sets of open needs does which set of covered needs meet in part?
-- Grain: open_set and covered_set with a need in common.
with

opened as (

    select distinct open_set, need from {{ ref('int_customers_open_needs') }}

),

covered as (

    select distinct covered_set, need from {{ ref('int_partners_covering') }}

),

final as (

    select distinct opened.open_set, covered.covered_set
    from opened
    inner join covered on opened.need = covered.need

)

select * from final
