-- Question: how long are a stream's usual pauses, how many rows has its usual month,
-- and how does the last month compare? Grain: source and stream that has dates. Habits
-- are of the year before the last month, so that what is judged is no part of them.
with

days as (

    select * from {{ ref('stg_stream_days') }}

),

spans as (

    select
        source,
        stream,
        as_of_date,
        max(last_at) as last_event_at,
        min(age_days) as silent_days,
        max(window_number) as first_window
    from days
    group by source, stream, as_of_date

),

pauses as (

    select
        source,
        stream,
        pause_days,
        row_number() over (partition by source, stream order by pause_days)
            as pause_order,
        count(*) over (partition by source, stream) as n_pauses
    from days
    where
        pause_days is not null
        and window_number between 1 and {{ rule('gap_history_windows') }}

),

usual_pauses as (

    select
        source,
        stream,
        min(pause_days) as usual_pause_days,
        min(n_pauses) as n_pauses
    from pauses
    where pause_order >= {{ rule('gap_usual_share') }} * n_pauses
    group by source, stream

),

window_rows as (

    select
        source,
        stream,
        window_number,
        sum(n_rows) as n_rows,
        sum(n_values) as n_values,
        sum(n_empty) as n_empty
    from days
    group by source, stream, window_number

),

window_numbers as (

    {{ dbt.generate_series(100) }}

),

{# a month without a row counts as 0 from the first whole one on #}
usual_months as (

    select
        spans.source,
        spans.stream,
        count(*) as n_windows,
        {{ median_of('coalesce(window_rows.n_rows, 0)') }} as n_rows,
        min(coalesce(window_rows.n_rows, 0)) as least_rows,
        sum(window_rows.n_empty) / cast(
            nullif(sum(window_rows.n_values), 0) as {{ type_double() }}
        ) as null_rate
    from spans
    inner join window_numbers
        on spans.first_window > window_numbers.generated_number
        and window_numbers.generated_number <= {{ rule('gap_history_windows') }}
    left join window_rows
        on spans.source = window_rows.source
        and spans.stream = window_rows.stream
        and window_numbers.generated_number = window_rows.window_number
    group by spans.source, spans.stream

),

final as (

    select
        spans.*,
        usual_pauses.usual_pause_days,
        usual_pauses.n_pauses,
        case
            when usual_months.n_windows >= {{ rule('gap_min_windows') }}
                then usual_months.n_rows
        end as usual_rows,
        usual_months.least_rows,
        coalesce(latest.n_rows, 0) as n_rows,
        latest.n_empty / cast(nullif(latest.n_values, 0) as {{ type_double() }})
            as null_rate,
        usual_months.null_rate as usual_null_rate
    from spans
    left join usual_pauses
        on spans.source = usual_pauses.source and spans.stream = usual_pauses.stream
    left join usual_months
        on spans.source = usual_months.source and spans.stream = usual_months.stream
    left join window_rows as latest
        on spans.source = latest.source
        and spans.stream = latest.stream
        and latest.window_number = 0

)

select * from final
