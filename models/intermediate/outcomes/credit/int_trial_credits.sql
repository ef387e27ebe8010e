-- Question: who shares the credit of a trial? Grain: trial and partner (or `own_team`).
-- Shares of a trial add up to 1.
with

exposures as (

    select trial_key, partner_key, exposure_weight
    from {{ ref('int_trial_exposures') }}

),

weighed as (

    select
        trial_key,
        partner_key,
        sum(exposure_weight) as exposure_weight
    from exposures
    group by trial_key, partner_key

),

final as (

    select
        trial_key,
        partner_key,
        exposure_weight / sum(exposure_weight) over (partition by trial_key) as credit
    from weighed

)

select * from final
