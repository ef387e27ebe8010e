-- Question: how ready is an account, and how ready would it look without what the
-- ecosystem knows? Grain: month-end and account. Weighted mean of the sub-scores; one
-- that no card gives is left out of both sums.
{%- set models = ['fit', 'intent', 'feasibility', 'momentum'] %}
with

scores as (

    select
        scores.as_of_date,
        scores.account_key,
        scores.model,
        scores.model_version,
        scores.score,
        scores.score_internal_only,
        targets.weight
    from {{ ref('int_scores') }} as scores
    inner join {{ ref('score_targets') }} as targets on scores.model = targets.model
    where scores.is_in_force and targets.weight > 0

),

summed as (

    select
        as_of_date,
        account_key,
        {% for model in models -%}
        max(case when model = '{{ model }}' then score end) as {{ model }},
        {% endfor -%}
        max(case when model = 'feasibility' then score_internal_only end)
            as feasibility_internal_only,
        sum(weight * score)
        / nullif(sum(case when score is not null then weight end), 0) as score,
        sum(weight * score_internal_only)
        / nullif(sum(case when score_internal_only is not null then weight end), 0)
            as score_internal_only,
        -- one name where all agree
        case
            when min(model_version) = max(model_version) then min(model_version)
            else 'mixed'
        end as model_version
    from scores
    group by as_of_date, account_key

),

final as (

    select
        summed.as_of_date,
        summed.account_key,
        {% for model in models -%}
        cast(summed.{{ model }} as {{ type_double() }}) as {{ model }},
        {% endfor -%}
        cast(summed.score as {{ type_double() }}) as score,
        {{ readiness_tier('summed.score', 'summed.feasibility') }} as tier,
        summed.fit >= {{ rule('fit_eligible_from') }} as is_eligible,
        summed.feasibility < {{ rule('feasibility_stall_below') }} as has_stall_risk,
        cast(summed.score_internal_only as {{ type_double() }}) as score_internal_only,
        {{ readiness_tier(
            'summed.score_internal_only', 'summed.feasibility_internal_only'
        ) }} as tier_internal_only,
        summed.model_version
    from summed

)

select * from final
