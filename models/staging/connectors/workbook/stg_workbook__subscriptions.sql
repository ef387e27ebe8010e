-- Question: what became of each customer in the workbook?
-- Grain: row of its sheet Accounts.
-- A customer kept without an end date is kept as of the last day the workbook knows.
with

accounts as (

    select * from {{ ref('base_workbook__accounts') }}

),

involved as (

    select * from {{ ref('base_workbook__partners_involved') }}

),

days as (

    select start_date as known_date from accounts
    union all
    select end_date as known_date from accounts
    union all
    select from_date as known_date from involved
    union all
    select to_date as known_date from involved

),

last_day as (

    select max(known_date) as last_date from days

),

ended as (

    select
        accounts.*,
        coalesce(accounts.end_date, last_day.last_date) as decided_date
    from accounts
    cross join last_day

),

final as (

    select
        {{ stream_row('subscriptions', {
            'source': "'workbook'",
            'source_id': 'account',
            'account_id': 'account',
            'started_at': 'start_date',
            'term_end': 'decided_date',
            'ended_at': 'decided_date',
            'arr': "coalesce(arr, '1')",
            'status': "'ended'",
            'outcome':
                "case when outcome = 'retained' then 'renewed' else 'churned' end",
        }) }}
    from ended

)

select * from final
