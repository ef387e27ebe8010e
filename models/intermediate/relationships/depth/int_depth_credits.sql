-- Question: to which level of depth does a customer of the comparison belong?
-- Grain: trial of int_depth_landmarks. The level stands where a partner stands
-- elsewhere, with the whole credit.
with

final as (

    select
        trial_key,
        cast(level as {{ type_text() }}) as partner_key,
        1 as credit
    from {{ ref('int_depth_landmarks') }}

)

select * from final
