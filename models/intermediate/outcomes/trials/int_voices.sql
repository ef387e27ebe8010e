-- Question: when did a customer speak up for the product? Grain: account and day.
-- A reference, a referral, a good review or a promoter's score. is_advocacy is 0 for
-- any other voice: it says that voices were recorded.
with

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

spoken as (

    select
        members.organisation_key as account_key,
        cast(feedback.occurred_at as date) as spoken_date,
        case
            when feedback.kind in ('reference', 'referral') then 1
            when feedback.kind = 'review'
                and feedback.score >= {{ rule('review_positive_from') }} then 1
            when feedback.kind = 'nps'
                and feedback.score >= {{ rule('promoter_from') }} then 1
            else 0
        end as is_advocacy
    from {{ ref('stg_feedback') }} as feedback
    inner join members
        on feedback.account_source = members.source
        and feedback.account_id = members.source_id

),

final as (

    select account_key, spoken_date, max(is_advocacy) as is_advocacy
    from spoken
    group by account_key, spoken_date

)

select * from final
