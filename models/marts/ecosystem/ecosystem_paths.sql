-- Question: through whom does a partner, or the company itself, reach an account?
-- Grain: account and partner (`own_team`), the warmest way of at most two hops.
with

final as (

    select
        account_key,
        partner_key,
        hops,
        cast(path_score as {{ type_double() }}) as path_score,
        path_text
    from {{ ref('int_warm_paths') }}

)

select * from final
