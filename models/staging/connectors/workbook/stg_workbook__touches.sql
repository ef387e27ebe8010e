-- Question: what did partners do, as the workbook tells it? Grain: row of its sheet
-- Partners involved. Free text becomes the stage's default touch type; how well, 1 to
-- 5, becomes quality, 0 to 1.
with

involved as (

    select * from {{ ref('base_workbook__partners_involved') }}

),

touch_types as (

    select touch_type, usual_stage, is_stage_default, is_recordable
    from {{ ref('touch_types') }}

),

typed as (

    select
        involved.*,
        coalesce(stated.touch_type, usual.touch_type) as touch_type
    from involved
    left join touch_types as stated
        on involved.activity = stated.touch_type
        and stated.is_recordable
    left join touch_types as usual
        on involved.stage = usual.usual_stage
        and usual.is_stage_default

),

final as (

    select
        {{ stream_row('touches', {
            'source': "'workbook'",
            'source_id': 'source_row',
            'partner_id': 'partner',
            'account_id': 'account',
            'touch_type': 'touch_type',
            'occurred_at': 'from_date',
            'quality': "(cast(how_well as integer) - 1) / 4.0",
            'evidence': "'declared'",
        }) }}
    from typed

)

select * from final
