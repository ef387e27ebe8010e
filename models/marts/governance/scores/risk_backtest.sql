-- Question: would the list of a past month-end have been worth calling? Grain:
-- month-end and cut-off. precision to brier judge that day's list by what has resolved
-- since; n_lost to median_lead_days the customers lost in that month by earlier lists.
with

listed as (

    select * from {{ ref('int_risk_lists') }}

),

lists as (

    select
        as_of_date,
        cut_off_pct,
        count(*) as n_scored,
        sum(is_flagged) as n_flagged,
        cast(count(outcome) as {{ type_double() }}) as n_resolved,
        sum(outcome) as n_churned,
        sum(case when outcome is not null then is_flagged end) as n_flagged_resolved,
        sum(is_flagged * outcome) as n_flagged_churned,
        avg((probability - outcome) * (probability - outcome)) as brier
    from listed
    group by as_of_date, cut_off_pct

),

{# the latest list that left time is the one that must have had the customer #}
losses as (

    select
        account_key,
        cut_off_pct,
        event_date,
        max(case when is_ahead then as_of_date end) as last_ahead_date,
        max(case when is_ahead and is_flagged = 1 then as_of_date end)
            as flagged_ahead_date,
        {{ dbt.datediff(
            'min(case when is_flagged = 1 and is_recent then as_of_date end)',
            'event_date', 'day'
        ) }} as lead_days
    from listed
    where outcome = 1
    group by account_key, cut_off_pct, event_date

),

lost as (

    select
        months.as_of_date,
        losses.cut_off_pct,
        count(losses.last_ahead_date) as n_lost,
        sum(case
            when losses.flagged_ahead_date = losses.last_ahead_date then 1
            else 0
        end) as n_lost_flagged,
        {{ median('losses.lead_days') }} as median_lead_days
    from losses
    inner join {{ ref('int_month_ends') }} as months
        on {{ dbt.date_trunc('month', 'losses.event_date') }}
        = {{ dbt.date_trunc('month', 'months.as_of_date') }}
    group by months.as_of_date, losses.cut_off_pct

),

rated as (

    select
        lists.*,
        n_churned / nullif(n_resolved, 0) as base_rate,
        n_flagged_churned / nullif(n_flagged_resolved, 0) as precision_rate
    from lists

),

final as (

    select
        rated.as_of_date,
        months.is_latest,
        rated.cut_off_pct,
        {{ whole('rated.n_scored') }} as n_scored,
        {{ whole('rated.n_flagged') }} as n_flagged,
        {{ whole('rated.n_resolved') }} as n_resolved,
        {{ whole('coalesce(rated.n_flagged_resolved, 0)') }} as n_flagged_resolved,
        {{ whole('coalesce(rated.n_churned, 0)') }} as n_churned,
        {{ whole('coalesce(rated.n_flagged_churned, 0)') }} as n_flagged_churned,
        rated.precision_rate as precision,
        rated.n_flagged_churned / nullif(rated.n_churned, 0) as recall,
        rated.precision_rate / nullif(rated.base_rate, 0) as lift,
        {% for side, bound in [('-', 'lower'), ('+', 'upper')] -%}
        {{ wilson(
            'rated.precision_rate', 'rated.n_flagged_resolved', rule('interval_z'), side
        ) }} / nullif(rated.base_rate, 0) as lift_{{ bound }},
        {% endfor -%}
        rated.brier,
        {{ whole('coalesce(lost.n_lost, 0)') }} as n_lost,
        cast(lost.n_lost_flagged as {{ type_double() }}) / nullif(lost.n_lost, 0)
            as recall_60d,
        cast(lost.median_lead_days as {{ type_double() }}) as median_lead_days
    from rated
    inner join {{ ref('int_month_ends') }} as months
        on rated.as_of_date = months.as_of_date
    left join lost
        on rated.as_of_date = lost.as_of_date and rated.cut_off_pct = lost.cut_off_pct

)

select * from final
