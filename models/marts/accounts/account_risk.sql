-- Question: which customers are likely to lose the next renewal, and why? Grain:
-- account and month-end. Points, never a probability, until a version trained on the
-- company's own history is made champion.
with

scores as (

    select
        as_of_date,
        account_key,
        points,
        probability,
        band,
        status,
        model_version
    from {{ ref('int_scores') }}
    where model = 'risk' and is_in_force

),

months as (

    select as_of_date, is_latest, account_key, next_decision_date, arr
    from {{ ref('int_account_months') }}
    where is_customer

),

reasons as (

    select
        {% for rank in range(1, 4) -%}
        max(case when reason_rank = {{ rank }} then reason_code end)
            as reason_{{ rank }},
        {% endfor -%}
        as_of_date,
        account_key
    from {{ ref('int_score_reasons') }}
    where measure = 'risk'
    group by as_of_date, account_key

),

final as (

    select
        scores.account_key,
        scores.as_of_date,
        months.is_latest,
        scores.points as risk_points,
        case when scores.status = 'champion' then scores.probability end
            as risk_probability,
        scores.band as risk_band,
        reasons.reason_1,
        reasons.reason_2,
        reasons.reason_3,
        months.next_decision_date as next_renewal_date,
        months.arr as arr_at_stake,
        scores.model_version
    from scores
    inner join months
        on scores.as_of_date = months.as_of_date
        and scores.account_key = months.account_key
    left join reasons
        on scores.as_of_date = reasons.as_of_date
        and scores.account_key = reasons.account_key

)

select * from final
