-- Question: which contract terms were there, and what became of them?
-- Grain: contract term.
with

final as (

    select
        term_key,
        account_key,
        product,
        term_start_date,
        term_end_date,
        ended_date,
        cast(arr as {{ type_double() }}) as arr,
        outcome,
        cast(renewed_arr as {{ type_double() }}) as renewed_arr
    from {{ ref('int_terms') }}

)

select * from final
