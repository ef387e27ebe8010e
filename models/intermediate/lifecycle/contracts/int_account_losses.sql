-- Question: from when to when was an account known to be lost? Grain: lapse. It begins
-- on the day the lapse showed; lost_until_date is null while the account stays away.
with

spans as (

    select
        account_key,
        end_known_date as lost_from_date,
        lead(started_date) over (
            partition by account_key order by span_number
        ) as lost_until_date
    from {{ ref('int_coverage') }}

),

final as (

    select * from spans
    where
        lost_from_date is not null
        and (lost_until_date is null or lost_until_date > lost_from_date)

)

select * from final
