-- Question: which source has stopped sending, or sends less than it used to?
-- Grain: source and stream that has dates, each held against its own habits.
with

habits as (

    select * from {{ ref('int_stream_habits') }}

),

final as (

    select
        as_of_date,
        source,
        stream,
        last_event_at,
        {{ held_within(
            days_as_hours('silent_days - usual_pause_days'), 0
        ) }} as hours_late,
        {{ days_as_hours('usual_pause_days') }} as usual_pause_hours,
        {{ whole('n_rows') }} as n_rows,
        cast(usual_rows as {{ type_double() }}) as usual_rows,
        n_rows / cast(nullif(usual_rows, 0) as {{ type_double() }}) as volume_ratio,
        null_rate,
        usual_null_rate,
        case
            when coalesce(n_pauses, 0) < {{ rule('gap_min_pauses') }} then 'too_few'
            when silent_days > {{ rule('gap_silent_times') }} * usual_pause_days
                then 'silent'
            when silent_days > {{ rule('gap_late_times') }} * usual_pause_days
                then 'late'
            when usual_rows >= {{ rule('gap_thin_rows') }}
                and n_rows < {{ rule('gap_thin_below') }} * usual_rows
                -- and less than in any month of the year: some streams come in batches
                and n_rows < least_rows
                then 'thin'
            when null_rate >= usual_null_rate + {{ rule('gap_emptier_from') }}
                then 'thin'
            else 'ok'
        end as status
    from habits

)

select * from final
