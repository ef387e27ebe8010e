-- Question: how much trouble does a customer have, and is it more than before? Grain:
-- month-end and customer. Known once cases are recorded at all; the change once they
-- have been for the whole of the time compared.
with

months as (

    select as_of_date, account_key
    from {{ ref('int_account_months') }}
    where is_customer

),

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

starts as (

    select tickets_from_date from {{ ref('int_stream_starts') }}

),

tickets as (

    select
        members.organisation_key as account_key,
        cast(tickets.opened_at as date) as opened_date,
        {{ add_days('tickets.opened_at', tickets_window_days()) }} as until_date,
        case when tickets.escalated then 1 else 0 end as is_escalated
    from {{ ref('stg_tickets') }} as tickets
    inner join {{ ref('stg_organisation_members') }} as members
        on members.stream = 'accounts'
        and tickets.account_source = members.source
        and tickets.account_id = members.source_id

),

opened as (

    select
        month_ends.as_of_date,
        tickets.account_key,
        case
            when {{ in_window(
                'tickets.opened_date', 'month_ends.as_of_date', 'tickets_recent_days'
            ) }} then 1
            else 0
        end as is_recent,
        tickets.opened_date,
        tickets.is_escalated
    from tickets
    inner join month_ends
        on {{ in_force(
            'month_ends.as_of_date', 'tickets.opened_date', 'tickets.until_date'
        ) }}

),

counted as (

    select
        as_of_date,
        account_key,
        sum(is_recent) as n_recent,
        sum(1 - is_recent) as n_before,
        sum(is_recent * is_escalated) as n_escalated,
        max(case when is_recent * is_escalated = 1 then opened_date end)
            as escalated_date
    from opened
    group by as_of_date, account_key

),

final as (

    select
        months.as_of_date,
        months.account_key,
        case
            when starts.tickets_from_date <= months.as_of_date
                then coalesce(counted.n_escalated, 0)
        end as escalations_90d,
        counted.escalated_date,
        case
            when starts.tickets_from_date <= {{ add_days(
                'months.as_of_date', '-1 * ' ~ tickets_window_days()
            ) }}
                then {{ tickets_change('counted.n_recent', 'counted.n_before') }}
        end as tickets_change
    from months
    cross join starts
    left join counted
        on months.as_of_date = counted.as_of_date
        and months.account_key = counted.account_key

)

select * from final
