-- Question: how do a partner's customers fare half a year to a year after go-live?
-- Grain: partner and account that it had met by month six, while still a customer, and
-- whose month twelve has passed.
with

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

live as (

    select
        account_key,
        {{ add_months('live_at', rule('care_from_months')) }} as care_from_date,
        {{ add_months('live_at', rule('care_until_months')) }} as care_until_date,
        cast(churned_at as date) as churned_date
    from {{ ref('int_account_milestones') }}
    where live_at is not null

),

watched as (

    select distinct live.account_key, live.care_from_date, live.care_until_date
    from live
    inner join as_of on live.care_until_date <= as_of.as_of_date
    inner join {{ ref('int_coverage') }} as coverage
        on live.account_key = coverage.account_key
        and live.care_from_date >= coverage.started_date
        and (coverage.ended_date is null or live.care_from_date < coverage.ended_date)
    where live.churned_date is null or live.churned_date > live.care_from_date

),

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

escalated as (

    select
        watched.account_key,
        sum(case when tickets.escalated then 1 else 0 end) as n_escalations
    from {{ ref('stg_tickets') }} as tickets
    inner join members
        on tickets.account_source = members.source
        and tickets.account_id = members.source_id
    inner join watched
        on members.organisation_key = watched.account_key
        and cast(tickets.opened_at as date) > watched.care_from_date
        and cast(tickets.opened_at as date) <= watched.care_until_date
    group by watched.account_key

),

partner_accounts as (

    select partner_key, account_key, first_met_date
    from {{ ref('int_partner_accounts') }}
    where partner_key <> 'own_team'

),

final as (

    select
        partner_accounts.partner_key,
        watched.account_key,
        watched.care_from_date,
        watched.care_until_date,
        coalesce(escalated.n_escalations, 0) as n_escalations
    from partner_accounts
    inner join watched
        on partner_accounts.account_key = watched.account_key
        and partner_accounts.first_met_date <= watched.care_from_date
    left join escalated on watched.account_key = escalated.account_key

)

select * from final
