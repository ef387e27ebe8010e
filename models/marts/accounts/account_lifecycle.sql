-- Question: which stages has each account been through, and when?
-- Grain: account and stage span.
with

final as (

    select
        account_key,
        stage,
        started_at,
        ended_at
    from {{ ref('int_stage_spans') }}

)

select * from final
