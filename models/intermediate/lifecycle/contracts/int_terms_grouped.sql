-- Question: which contract terms come up for decision together? Grain: paid or trial
-- contract term. Terms of an account that end close together and ran side by side are
-- one decision; a term that follows another is not.
with

subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

terms as (

    select
        {{ surrogate_key([
            "'term'", 'subscriptions.source', 'subscriptions.source_id'
        ]) }} as term_key,
        members.organisation_key as account_key,
        subscriptions.product,
        cast(subscriptions.started_at as date) as term_start_date,
        cast(subscriptions.term_end as date) as term_end_date,
        cast(subscriptions.ended_at as date) as ended_date,
        cast(coalesce(
            case
                when subscriptions.ended_at < subscriptions.term_end
                    then subscriptions.ended_at
            end,
            subscriptions.term_end,
            subscriptions.ended_at
        ) as date) as decision_date,
        subscriptions.arr,
        subscriptions.seats,
        coalesce(subscriptions.status, 'active') <> 'trial' as is_paid,
        nullif(subscriptions.outcome, 'other') as stated_outcome
    from subscriptions
    inner join members
        on subscriptions.account_source = members.source
        and subscriptions.account_id = members.source_id

),

ordered as (

    select
        terms.*,
        lag(decision_date) over (
            partition by account_key, is_paid
            order by decision_date, term_start_date, term_key
        ) as previous_decision_date
    from terms
    where decision_date is not null

),

{# two windows back: no term that short can be decided with the one it follows #}
followers as (

    select distinct later.term_key
    from terms as later
    inner join terms as earlier
        on later.account_key = earlier.account_key
        and later.is_paid = earlier.is_paid
        and later.term_start_date >= earlier.decision_date
        and earlier.decision_date > {{ add_days(
            'later.decision_date', '-2 * ' ~ rule('decision_window_days')
        ) }}

),

numbered as (

    select
        ordered.term_key,
        sum(case
            when ordered.previous_decision_date is null then 1
            when followers.term_key is not null then 1
            when {{ dbt.datediff(
                'ordered.previous_decision_date', 'ordered.decision_date', 'day'
            ) }} > {{ rule('decision_window_days') }} then 1
            else 0
        end) over (
            partition by ordered.account_key, ordered.is_paid
            order by ordered.decision_date, ordered.term_start_date, ordered.term_key
            rows between unbounded preceding and current row
        ) as decision_number
    from ordered
    left join followers on ordered.term_key = followers.term_key

),

final as (

    select
        terms.*,
        coalesce(terms.ended_date, terms.term_end_date) as runs_until_date,
        case
            when numbered.decision_number is not null
                then {{ surrogate_key([
                    "'decision'",
                    'terms.account_key',
                    'terms.is_paid',
                    'numbered.decision_number'
                ]) }}
        end as decision_key
    from terms
    left join numbered on terms.term_key = numbered.term_key

)

select * from final
