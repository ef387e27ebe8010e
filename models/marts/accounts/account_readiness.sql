-- Question: how ready is each account to buy, go live and grow, why, and what is
-- missing? Grain: account and month-end. Eligibility stands apart from the tier.
with

readiness as (

    select * from {{ ref('int_readiness') }}

),

months as (

    select as_of_date, is_latest from {{ ref('int_month_ends') }}

),

reasons as (

    select
        {% for kind, last in [('reason', 3), ('missing', 2)] -%}
        {% for rank in range(1, last + 1) -%}
        max(case
            when kind = '{{ kind }}' and reason_rank = {{ rank }} then reason_code
        end) as {{ kind }}_{{ rank }},
        {% endfor -%}
        {% endfor -%}
        as_of_date,
        account_key
    from {{ ref('int_score_reasons') }}
    where measure = 'readiness'
    group by as_of_date, account_key

),

final as (

    select
        readiness.account_key,
        readiness.as_of_date,
        months.is_latest,
        readiness.fit,
        readiness.intent,
        readiness.feasibility,
        readiness.momentum,
        readiness.score,
        readiness.tier,
        readiness.is_eligible,
        readiness.has_stall_risk,
        reasons.reason_1,
        reasons.reason_2,
        reasons.reason_3,
        reasons.missing_1,
        reasons.missing_2,
        readiness.score_internal_only,
        readiness.model_version
    from readiness
    inner join months on readiness.as_of_date = months.as_of_date
    left join reasons
        on readiness.as_of_date = reasons.as_of_date
        and readiness.account_key = reasons.account_key

)

select * from final
