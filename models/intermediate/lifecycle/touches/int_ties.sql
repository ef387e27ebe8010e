-- Question: which partner stood by which account, from when to when?
-- Grain: `serves` tie.
with

final as (

    select
        tie_key,
        partner_key,
        account_key,
        is_restricted,
        started_date,
        ended_date,
        evidence
    from {{ ref('int_partner_ties') }}
    where kind = 'serves'

)

select * from final
