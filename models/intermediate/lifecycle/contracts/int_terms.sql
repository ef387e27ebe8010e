-- Question: what became of each contract term? Grain: contract term.
-- Stated outcomes stand; else what followed the decision tells. A term stated renewed
-- that nothing follows renews its own ARR. Trials have no outcome.
with

terms as (

    select * from {{ ref('int_terms_grouped') }}

),

decisions as (

    select * from {{ ref('int_decisions') }}

),

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

joined as (

    select
        terms.*,
        as_of.as_of_date,
        decisions.following_start_date,
        decisions.kept_ratio,
        decisions.last_decision_date,
        decisions.following_start_date is not null as is_followed
    from terms
    cross join as_of
    left join decisions on terms.decision_key = decisions.decision_key

),

judged as (

    select
        joined.*,
        case
            when not is_paid then null
            when decision_date is null or decision_date > as_of_date then 'open'
            when stated_outcome is not null then stated_outcome
            when not is_followed
                and as_of_date < {{ add_days(
                    'last_decision_date', rule('grace_days')
                ) }}
                then 'open'
            when kept_ratio = 0 then 'churned'
            when round(cast(kept_ratio as decimal(18, 6)), 6) > 1 then 'expanded'
            when round(cast(kept_ratio as decimal(18, 6)), 6) < 1 then 'contracted'
            else 'renewed'
        end as outcome
    from joined

),

known as (

    select
        judged.*,
        case
            when outcome = 'open' or outcome is null then null
            when is_followed and outcome <> 'churned'
                then greatest(decision_date, following_start_date)
            when stated_outcome is not null
                then greatest(decision_date, coalesce(ended_date, decision_date))
            else {{ add_days('last_decision_date', rule('grace_days')) }}
        end as outcome_known_date,
        -- the term that follows takes over, so that a short gap is no lapse and an
        -- overlap counts once
        case
            when outcome = 'open' then null
            when outcome in ('renewed', 'expanded', 'contracted') and is_followed
                then greatest(decision_date, following_start_date)
            when outcome in ('renewed', 'expanded', 'contracted') then null
            else runs_until_date
        end as arr_until_date
    from judged

),

final as (

    select
        term_key,
        account_key,
        product,
        decision_key,
        term_start_date,
        term_end_date,
        ended_date,
        decision_date,
        runs_until_date,
        arr,
        seats,
        is_paid,
        stated_outcome,
        outcome,
        case
            when outcome = 'open' or outcome is null then null
            when outcome = 'churned' then 0
            when is_followed then arr * kept_ratio
            else arr
        end as renewed_arr,
        arr_until_date,
        outcome_known_date,
        -- as it was known on the day: a loss that nobody stated shows after the grace
        case
            when outcome_known_date > arr_until_date then outcome_known_date
            else arr_until_date
        end as counted_until_date,
        outcome in ('renewed', 'expanded', 'contracted') and not is_followed
            as is_presumed_renewed
    from known

)

select * from final
