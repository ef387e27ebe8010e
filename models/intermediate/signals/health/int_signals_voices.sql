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
        case
            when feedback.kind in ('reference', 'referral', 'case_study') then 1
            when feedback.kind = 'review'
                and feedback.score >= {{ rule('review_positive_from') }} then 1
            else 0
        end as is_advocacy,
        cast(feedback.occurred_at as date) as spoken_date
    from {{ ref('stg_feedback') }} as feedback
    inner join {{ ref('stg_organisation_members') }} as members
        on members.stream = 'accounts'
        and feedback.account_source = members.source
        and feedback.account_id = members.source_id

),

answers as (

    select
        account_key,
        spoken_date,
        {{ six_places('avg(score)') }} as score,
        lag({{ six_places('avg(score)') }}) over (
            partition by account_key order by spoken_date
        ) as score_before,
        lag(spoken_date) over (partition by account_key order by spoken_date)
            as date_before,
        lead(spoken_date) over (partition by account_key order by spoken_date)
            as next_date
    from feedback
    where kind = 'nps' and score is not null
    group by account_key, spoken_date

),

spoken as (

    select
        account_key,
        0 as n_voices,
        score,
        case
            when spoken_date < {{ add_days('date_before', rule('nps_valid_days')) }}
                then score - score_before
        end as score_change,
        spoken_date,
        least(
            coalesce(next_date, cast('9999-12-31' as date)),
            {{ add_days('spoken_date', rule('nps_valid_days')) }}
        ) as until_date
    from answers
    union all
    select
        account_key,
        is_advocacy as n_voices,
        cast(null as {{ type_double() }}) as score,
        cast(null as {{ type_double() }}) as score_change,
        spoken_date,
        {{ add_days('spoken_date', rule('advocacy_signal_days')) }} as until_date
    from feedback
    where kind not in ('nps', 'csat')

),

{# until the next answer, so one answer a month-end #}
summed as (

    select
        month_ends.as_of_date,
        spoken.account_key,
        max(spoken.score) as score,
        max(spoken.score_change) as score_change,
        max(case when spoken.score is not null then spoken.spoken_date end)
            as nps_date,
        sum(spoken.n_voices) as n_voices
    from spoken
    inner join month_ends
        on {{ in_force(
            'month_ends.as_of_date', 'spoken.spoken_date', 'spoken.until_date'
        ) }}
    group by month_ends.as_of_date, spoken.account_key

),

final as (

    select
        months.as_of_date,
        months.account_key,
        case when months.is_customer then summed.score end as nps_latest,
        case when months.is_customer then summed.score_change end as nps_change,
        summed.nps_date,
        coalesce(summed.n_voices, 0) as advocacy_180d
    from months
    inner join starts on months.as_of_date >= starts.feedback_from_date
    left join summed
        on months.as_of_date = summed.as_of_date
        and months.account_key = summed.account_key

)

select * from final
