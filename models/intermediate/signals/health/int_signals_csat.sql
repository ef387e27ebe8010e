-- Question: how content is a customer with the help it gets? Grain: month-end and
-- customer that was asked lately. A case tells once it is closed; what customers answer
-- to a survey of satisfaction counts beside it.
with

months as (

    select as_of_date, account_key
    from {{ ref('int_account_months') }}
    where is_customer

),

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

rated as (

    select
        members.organisation_key as account_key,
        cast(coalesce(tickets.closed_at, tickets.opened_at) as date) as rated_date,
        tickets.csat
    from {{ ref('stg_tickets') }} as tickets
    inner join members
        on tickets.account_source = members.source
        and tickets.account_id = members.source_id
    where tickets.csat is not null
    union all
    select
        members.organisation_key as account_key,
        cast(feedback.occurred_at as date) as rated_date,
        feedback.score as csat
    from {{ ref('stg_feedback') }} as feedback
    inner join members
        on feedback.account_source = members.source
        and feedback.account_id = members.source_id
    where feedback.kind = 'csat' and feedback.score is not null

),

lasting as (

    select
        account_key,
        csat,
        rated_date,
        {{ add_days('rated_date', rule('csat_days')) }} as until_date
    from rated

),

content as (

    select month_ends.as_of_date, lasting.account_key, avg(lasting.csat) as csat
    from lasting
    inner join month_ends
        on {{ in_force(
            'month_ends.as_of_date', 'lasting.rated_date', 'lasting.until_date'
        ) }}
    group by month_ends.as_of_date, lasting.account_key

),

final as (

    select
        months.as_of_date,
        months.account_key,
        {{ six_places('content.csat') }} as csat_90d
    from months
    inner join content
        on months.as_of_date = content.as_of_date
        and months.account_key = content.account_key

)

select * from final
