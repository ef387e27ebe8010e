-- Question: would a partner's customers recommend us, half a year to a year after
-- go-live, and how often do they escalate? Grain: partner with such a customer. Too few
-- accounts or answers say nothing and are null.
with

care as (

    select * from {{ ref('int_partner_care') }}

),

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

answers as (

    select
        members.organisation_key as account_key,
        feedback.score,
        cast(feedback.occurred_at as date) as answered_date
    from {{ ref('stg_feedback') }} as feedback
    inner join members
        on feedback.account_source = members.source
        and feedback.account_id = members.source_id
    where feedback.kind = 'nps' and feedback.score is not null

),

tickets as (

    select count(escalated) as n_tickets from {{ ref('stg_tickets') }}

),

answered as (

    select
        care.partner_key,
        count(*) as n_answers,
        {{ net_promoter_score('answers.score') }} as nps
    from care
    inner join answers
        on care.account_key = answers.account_key
        and care.care_from_date < answers.answered_date
        and care.care_until_date >= answers.answered_date
    group by care.partner_key

),

counted as (

    select
        care.partner_key,
        count(*) as n_accounts,
        sum(care.n_escalations) as n_escalations,
        max(tickets.n_tickets) as n_tickets
    from care
    cross join tickets
    group by care.partner_key

),

final as (

    select
        counted.partner_key,
        counted.n_accounts,
        coalesce(answered.n_answers, 0) as n_answers,
        case
            when counted.n_tickets > 0
                and counted.n_accounts >= {{ rule('care_min_accounts') }}
                then cast(counted.n_escalations as {{ type_double() }})
                    / counted.n_accounts
        end as escalations_per_account,
        case
            when answered.n_answers >= {{ rule('nps_min_answers') }} then answered.nps
        end as nps
    from counted
    left join answered on counted.partner_key = answered.partner_key

)

select * from final
