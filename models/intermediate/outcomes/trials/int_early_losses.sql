-- Question: which fixed terms were broken off before their landmark, and which partners
-- were there? Grain: term and partner. These are in no trial; they are counted beside
-- the effect.
with

terms as (

    select term_key, account_key, ended_date, outcome_known_date
    from {{ ref('int_terms_formed') }}
    where contract_form = 'fixed' and outcome = 'churned' and ended_date < landmark_date

),

dated as (

    select
        terms.*,
        {{ add_days('ended_date', '-1 * ' ~ rule('exposure_days')) }}
            as exposed_from_date
    from terms

),

present as (

    select dated.term_key, dated.outcome_known_date, touches.partner_key
    from dated
    inner join {{ ref('int_touches') }} as touches
        on dated.account_key = touches.account_key
        and cast(touches.occurred_at as date)
        between dated.exposed_from_date and dated.ended_date
    union distinct
    select dated.term_key, dated.outcome_known_date, ties.partner_key
    from dated
    inner join {{ ref('int_ties') }} as ties
        on dated.account_key = ties.account_key
        and (ties.started_date is null or dated.ended_date >= ties.started_date)
        and (ties.ended_date is null or dated.exposed_from_date <= ties.ended_date)

)

select * from present
