-- Question: does a better tier become more business, and does it do so because of what
-- the ecosystem knows? Grain: month-end, tier and cohort: tiers by the whole score, and
-- tiers by the score without ecosystem signals.
with

readiness as (

    select * from {{ ref('int_readiness') }}

),

outcomes as (

    select
        as_of_date,
        account_key
        {%- for model in ['fit', 'intent', 'risk'] %},
        max(case when model = '{{ model }}' then outcome end) as {{ model }}
        {%- endfor %},
        max(case when model = 'intent' then amount end) as pipeline
    from {{ ref('int_score_outcomes') }}
    group by as_of_date, account_key

),

milestones as (

    select account_key, selected_at, value_at
    from {{ ref('int_account_milestones') }}
    where value_at >= selected_at

),

tiered as (

    {% for cohort, tier in [
        ('with_ecosystem', 'tier'), ('internal_only', 'tier_internal_only')
    ] -%}
    {{ 'union all' if not loop.first }}
    select
        as_of_date,
        account_key,
        '{{ cohort }}' as cohort,
        {{ tier }} as tier
    from readiness
    where {{ tier }} is not null
    {% endfor %}
),

judged as (

    select
        tiered.*,
        outcomes.fit as is_qualified,
        1 - outcomes.risk as is_kept,
        outcomes.pipeline,
        case
            when outcomes.fit = 0 and outcomes.intent = 0 then 1
            when outcomes.fit is not null and outcomes.intent is not null then 0
        end as is_false,
        {{ dbt.datediff('milestones.selected_at', 'milestones.value_at', 'day') }}
            as ttv_days,
        avg(outcomes.fit) over (partition by tiered.as_of_date, tiered.cohort)
            as base_rate
    from tiered
    left join outcomes
        on tiered.as_of_date = outcomes.as_of_date
        and tiered.account_key = outcomes.account_key
    left join milestones
        on tiered.account_key = milestones.account_key
        and tiered.as_of_date < milestones.selected_at

),

summed as (

    select
        as_of_date,
        tier,
        cohort,
        count(*) as n,
        count(is_qualified) as n_resolved,
        avg(is_qualified) as sql_rate,
        avg(cast(is_false as {{ type_double() }})) as false_positive_rate,
        avg(pipeline) as pipeline_per_account,
        {{ median('ttv_days') }} as median_ttv_days,
        avg(is_kept) as retention_rate,
        max(base_rate) as base_rate
    from judged
    group by as_of_date, tier, cohort

),

final as (

    select
        summed.as_of_date,
        months.is_latest,
        summed.tier,
        summed.cohort,
        {{ whole('summed.n') }} as n,
        {{ whole('summed.n_resolved') }} as n_resolved,
        summed.sql_rate,
        summed.false_positive_rate,
        cast(summed.pipeline_per_account as {{ type_double() }})
            as pipeline_per_account,
        cast(summed.median_ttv_days as {{ type_double() }}) as median_ttv_days,
        summed.retention_rate,
        {% for side, bound in [('-', 'lower'), ('+', 'upper')] -%}
        {{ wilson(
            'summed.sql_rate', 'summed.n_resolved', rule('interval_z'), side
        ) }} / nullif(summed.base_rate, 0) as lift_{{ bound }},
        {% endfor -%}
        summed.sql_rate / nullif(summed.base_rate, 0) as lift
    from summed
    inner join {{ ref('int_month_ends') }} as months
        on summed.as_of_date = months.as_of_date

)

select * from final
