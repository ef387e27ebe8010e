-- Question: who brought the customer of a retention trial?
-- Grain: retention trial of a customer that a partner brought. Judged like any credit:
-- the whole of it is the sourcing partner's.
with

final as (

    select
        trial_key,
        sourced_by_partner_key as partner_key,
        1 as credit
    from {{ ref('int_trials') }}
    where stage = 'retention' and sourced_by_partner_key is not null

)

select * from final
