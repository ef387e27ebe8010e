-- Question: which stage of the customer's life does each touch count in? Grain: touch.
-- Its type and the moment it happened decide (seed touch_type_stages); before any
-- milestone is acquisition, after churn it is kept and never credited.
with

touches as (

    select
        touch_key,
        account_key,
        partner_key,
        actor,
        person_key,
        touch_type,
        occurred_at,
        evidence,
        quality,
        is_restricted
    from {{ ref('int_touches') }}

),

spans as (

    select * from {{ ref('int_stage_spans') }}

),

placed as (

    select
        touches.*,
        coalesce(spans.stage, 'acquisition') as moment
    from touches
    left join spans
        on touches.account_key = spans.account_key
        and {{ in_force('touches.occurred_at', 'spans.started_at', 'spans.ended_at') }}

),

final as (

    select
        placed.*,
        case
            when placed.moment = 'post_churn' then 'post_churn'
            else touch_type_stages.stage
        end as stage
    from placed
    left join {{ ref('touch_type_stages') }} as touch_type_stages
        on placed.touch_type = touch_type_stages.touch_type
        and placed.moment = touch_type_stages.moment

)

select * from final
