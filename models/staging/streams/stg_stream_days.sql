-- Question: how many rows did each source send of each stream, day by day? Grain:
-- source, stream that has dates, and day with rows, of the date in the row. Window 0 is
-- the month up to as_of_date, 1 the one before it.
with

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

stream_days as (

    {{ stream_days() }}

),

aged as (

    select
        stream_days.*,
        as_of.as_of_date,
        lead(stream_days.row_date) over (
            partition by stream_days.source, stream_days.stream
            order by stream_days.row_date
        ) as next_date,
        {{ dbt.datediff('stream_days.row_date', 'as_of.as_of_date', 'day') }}
            as age_days
    from stream_days
    cross join as_of

),

final as (

    select
        source,
        stream,
        row_date,
        as_of_date,
        last_at,
        age_days,
        {{ whole(
            'floor(age_days / cast(' ~ rule('gap_recent_days') ~ ' as '
            ~ type_double() ~ '))'
        ) }} as window_number,
        {{ dbt.datediff(
            'row_date', 'next_date', 'day'
        ) }} as pause_days,
        n_rows,
        n_values,
        n_empty
    from aged

)

select * from final
