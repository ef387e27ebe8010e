-- Question: which customers are in risk today, and why above all? Grain: customer in a
-- band that counts as risk, as of as_of_date. Of the reasons that stand the one that
-- costs most in the score; where none stands, the one that costs most.
with

scores as (

    select scores.account_key, scores.as_of_date, scores.band, scores.score
    from {{ ref('int_scores') }} as scores
    inner join {{ ref('risk_bands') }} as bands on scores.band = bands.band
    where scores.model = 'risk' and scores.is_in_force and bands.is_in_risk

),

account_months as (

    select account_key, as_of_date, arr, next_decision_date, days_to_renewal
    from {{ ref('int_account_months') }}
    where is_latest and is_customer

),

customers as (

    select
        account_months.account_key,
        account_months.as_of_date,
        account_months.arr,
        account_months.next_decision_date,
        account_months.days_to_renewal,
        scores.band,
        scores.score
    from account_months
    inner join scores
        on account_months.account_key = scores.account_key
        and account_months.as_of_date = scores.as_of_date

),

costs as (

    select account_key, reason_code, contribution, 0 as stands
    from {{ ref('int_score_reasons') }}
    where
        measure = 'risk'
        and kind = 'reason'
        and as_of_date in (select account_months.as_of_date from account_months)
    union all
    select account_key, reason_code, 0 as contribution, 1 as stands
    from {{ ref('int_reasons_firing') }}
    where is_latest and model = 'risk'

),

reasons as (

    select
        costs.account_key,
        costs.reason_code,
        sum(costs.contribution) as contribution,
        max(costs.stands) as stands
    from costs
    inner join customers on costs.account_key = customers.account_key
    group by costs.account_key, costs.reason_code

),

ranked as (

    select
        reasons.account_key,
        reasons.reason_code,
        reasons.stands,
        reason_codes.play,
        row_number() over (
            partition by reasons.account_key
            order by
                reasons.stands desc,
                {{ six_places('reasons.contribution') }} desc,
                case when reason_codes.is_urgent then 0 else 1 end asc,
                {{ dbt.hash('reasons.reason_code') }} asc
        ) as reason_order
    from reasons
    inner join {{ ref('reason_codes') }} as reason_codes
        on reasons.reason_code = reason_codes.reason_code

),

final as (

    select
        customers.*,
        ranked.reason_code,
        coalesce(ranked.stands, 0) = 1 as is_standing,
        ranked.play
    from customers
    left join ranked
        on customers.account_key = ranked.account_key
        and ranked.reason_order = 1

)

select * from final
