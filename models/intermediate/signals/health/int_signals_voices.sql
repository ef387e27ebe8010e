-- Question: what has a customer said of the product, and does it speak up for it?
-- Grain: month-end and account. The answers of the last day on which it was asked, and
-- of the time before; an answer of more than a year ago is none.
with

months as (

    select as_of_date, account_key, is_customer from {{ ref('int_account_months') }}

),

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

starts as (

    select feedback_from_date from {{ ref('int_stream_starts') }}

),

feedback as (

    select
        members.organisation_key as account_key,
        feedback.kind,
        feedback.score,
        cast(feedback.occurred_at as date) as spoken_date
    from {{ ref('stg_feedback') }} as feedback
    inner join {{ ref('stg_organisation_members') }} as members
        on members.stream = 'accounts'
        and feedback.account_source = members.source
        and feedback.account_id = members.source_id

),

answers as (

    select account_key, spoken_date, {{ six_places('avg(score)') }} as score
    from feedback
    where kind = 'nps' and score is not null
    group by account_key, spoken_date

),

followed as (

    select
        account_key,
        spoken_date,
        score,
        lag(score) over (partition by account_key order by spoken_date)
            as score_before,
        lag(spoken_date) over (partition by account_key order by spoken_date)
            as date_before,
        lead(spoken_date) over (partition by account_key order by spoken_date)
            as next_date
    from answers

),

latest as (

    select
        month_ends.as_of_date,
        followed.account_key,
        followed.score,
        case
            when followed.spoken_date
                < {{ add_days('followed.date_before', rule('nps_valid_days')) }}
                then followed.score - followed.score_before
        end as score_change,
        followed.spoken_date
    from followed
    inner join month_ends
        on {{ in_force(
            'month_ends.as_of_date', 'followed.spoken_date', 'followed.next_date'
        ) }}
        and {{ in_window(
            'followed.spoken_date', 'month_ends.as_of_date', 'nps_valid_days'
        ) }}

),

advocacy as (

    select month_ends.as_of_date, feedback.account_key, count(*) as n_voices
    from feedback
    inner join month_ends
        on {{ in_window(
            'feedback.spoken_date', 'month_ends.as_of_date', 'advocacy_signal_days'
        ) }}
    where
        feedback.kind in ('reference', 'referral', 'case_study')
        or (
            feedback.kind = 'review'
            and feedback.score >= {{ rule('review_positive_from') }}
        )
    group by month_ends.as_of_date, feedback.account_key

),

final as (

    select
        months.as_of_date,
        months.account_key,
        case when months.is_customer then latest.score end as nps_latest,
        case when months.is_customer then latest.score_change end as nps_change,
        latest.spoken_date as nps_date,
        coalesce(advocacy.n_voices, 0) as advocacy_180d
    from months
    inner join starts on months.as_of_date >= starts.feedback_from_date
    left join latest
        on months.as_of_date = latest.as_of_date
        and months.account_key = latest.account_key
    left join advocacy
        on months.as_of_date = advocacy.as_of_date
        and months.account_key = advocacy.account_key

)

select * from final
