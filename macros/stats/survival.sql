{#  Survival curves, one a group, as CTEs.
    observations: a CTE with the columns of keys (a list), time_days (a number, 0 or more) and is_event (1 where what is
    waited for happened at that time, 0 where observation ended); weights: SQL of a positive weight a row, or none.
    Gives CTEs that end in `name`, one row a group and distinct time: keys, time_days, n_at_risk, n_events (sums of weights),
    survival (share still waiting after that time), hazard_variance (Greenwood's term of that time; null where everybody
    left had the event) and survival_variance (Greenwood; null from where the curve is 0). Who is censored at a time is
    still at risk at that time: censoring follows events. A group whose rows are all censored has a curve that stays at 1.

    With weights the number at risk in a variance is Kish's effective one, (sum w)^2 / sum w^2; equal weights change nothing.
    Sources: Kaplan & Meier, Nonparametric estimation from incomplete observations, 1958; Greenwood, The natural duration of
    cancer, 1926; Xie & Liu, Adjusted Kaplan-Meier estimator and log-rank test with inverse probability of treatment
    weighting for survival data, 2005. #}
{% macro kaplan_meier(observations, keys, weights=none, name='curves') %}
{%- set group = keys | join(', ') -%}
{%- set weight = "cast(" ~ (weights if weights is not none else 1) ~ " as " ~ type_double() ~ ")" -%}
{{ name }}_times as (

    select
        {{ group }},
        time_days,
        sum({{ weight }}) as weight,
        sum({{ weight }} * {{ weight }}) as weight_squares,
        sum(case when is_event = 1 then {{ weight }} else 0 end) as n_events,
        min(is_event) as is_event_only
    from {{ observations }}
    group by {{ group }}, time_days

),

{{ name }}_risks as (

    select
        {{ group }},
        time_days,
        n_events,
        sum(weight) over (
            partition by {{ group }} order by time_days
            rows between current row and unbounded following
        ) as n_at_risk,
        sum(weight_squares) over (
            partition by {{ group }} order by time_days
            rows between current row and unbounded following
        ) as squares_at_risk,
        {#- counted, not compared: sums of weights need not be equal to the last digit #}
        case
            when
                is_event_only = 1
                and row_number() over (partition by {{ group }} order by time_days desc) = 1
                then 1
            else 0
        end as is_end
    from {{ name }}_times

),

{{ name }}_hazards as (

    select
        {{ group }},
        time_days,
        n_at_risk,
        n_events,
        is_end,
        case when is_end = 0 then ln(1 - n_events / n_at_risk) else 0 end as log_share,
        case
            when is_end = 0
                then n_events * squares_at_risk / (n_at_risk * n_at_risk * (n_at_risk - n_events))
        end as hazard_variance
    from {{ name }}_risks

),

{{ name }}_sums as (

    select
        {{ name }}_hazards.*,
        sum(log_share) over (
            partition by {{ group }} order by time_days
            rows between unbounded preceding and current row
        ) as log_survival,
        sum(hazard_variance) over (
            partition by {{ group }} order by time_days
            rows between unbounded preceding and current row
        ) as hazard_variances
    from {{ name }}_hazards

),

{{ name }} as (

    select
        {{ group }},
        time_days,
        n_at_risk,
        n_events,
        case when is_end = 1 then 0 else exp(log_survival) end as survival,
        hazard_variance,
        case when is_end = 0 then exp(2 * log_survival) * hazard_variances end as survival_variance
    from {{ name }}_sums

)
{%- endmacro %}


{#  Restricted means of survival curves: mean days waited, of at most `horizon` (SQL, a number), one a group.
    curves: a CTE of kaplan_meier with the same keys. Gives CTEs that end in `name`: keys, restricted_mean (area under the
    curve from 0 to the horizon) and restricted_variance (sum over event times of the squared area to the right x Greenwood's
    term). Where the last time lies before the horizon the curve holds its last level up to the horizon: a guess that the
    variance does not know of, so a horizon beyond what was observed needs a word beside the figure. Events at the horizon
    change nothing. Where everybody has the event at one time the variance is 0.
    Source: Royston & Parmar, Restricted mean survival time: an alternative to the hazard ratio for the design and analysis of
    randomized trials with a time-to-event outcome, 2013. #}
{% macro restricted_means(curves, keys, horizon, name='means') %}
{%- set group = keys | join(', ') -%}
{{ name }}_steps as (

    select
        {{ group }},
        survival,
        hazard_variance,
        time_days as from_days,
        lead(time_days) over (partition by {{ group }} order by time_days) as next_days,
        case
            when row_number() over (partition by {{ group }} order by time_days) = 1 then 1
            else 0
        end as is_first,
        cast({{ horizon }} as {{ type_double() }}) as horizon
    from {{ curves }}

),

{{ name }}_areas as (

    select
        {{ group }},
        from_days,
        hazard_variance,
        case when is_first = 1 then least(from_days, horizon) else 0 end as area_before,
        survival * (least(coalesce(next_days, horizon), horizon) - least(from_days, horizon)) as area
    from {{ name }}_steps

),

{{ name }}_right as (

    select
        {{ group }},
        area_before + area as area,
        hazard_variance,
        sum(area) over (
            partition by {{ group }} order by from_days
            rows between current row and unbounded following
        ) as area_right
    from {{ name }}_areas

),

{{ name }} as (

    select
        {{ group }},
        sum(area) as restricted_mean,
        sum(area_right * area_right * coalesce(hazard_variance, 0)) as restricted_variance
    from {{ name }}_right
    group by {{ group }}

)
{%- endmacro %}


{#  Median survival of curves, one a group: the first time at which at most half still wait; null where the curve does not
    fall so far. curves: a CTE with the columns of keys, time_days and survival. Gives the CTE `name`: keys, median_days. A
    curve that lies at one half but for the last digits lies at one half.
    Source: Brookmeyer & Crowley, A confidence interval for the median survival time, 1982. #}
{% macro median_survival(curves, keys, name='medians') %}
{%- set group = keys | join(', ') -%}
{{ name }} as (

    select
        {{ group }},
        min(case when survival <= 0.5 + 1e-9 then time_days end) as median_days
    from {{ curves }}
    group by {{ group }}

)
{%- endmacro %}


{#  Interval of the median survival of curves, one a group: from the first time at which a level of one half is within z
    standard errors of the curve, to the first at which it no longer is. curves: a CTE of kaplan_meier with the columns of
    keys; z: SQL. Gives the CTE `name`: keys, median_lower, median_upper; null where the curve does not fall so far.
    Source: Brookmeyer & Crowley, A confidence interval for the median survival time, 1982. #}
{% macro median_bounds(curves, keys, z, name='median_intervals') %}
{%- set group = keys | join(', ') -%}
{%- set width = z ~ " * sqrt(coalesce(survival_variance, 0))" -%}
{{ name }} as (

    select
        {{ group }},
        min(case when survival - {{ width }} <= 0.5 + 1e-9 then time_days end) as median_lower,
        min(case when survival + {{ width }} < 0.5 - 1e-9 then time_days end) as median_upper
    from {{ curves }}
    group by {{ group }}

)
{%- endmacro %}


{#  A bound of the ratio of two independent positive means (SQL: each with its variance; z; side: '-' for the lower bound,
    '+' for the upper): the delta method on the log of the ratio. Null where a mean is not above 0.
    Sources: Oehlert, A note on the delta method, 1992; for restricted means, Uno et al., Moving beyond the hazard ratio in
    quantifying the between-group difference in survival analysis, 2014. #}
{% macro mean_ratio_bound(mean, variance, other_mean, other_variance, z, side) %}
    {%- set mean, other_mean = "(" ~ mean ~ ")", "(" ~ other_mean ~ ")" -%}
    {%- set variance, other_variance = "(" ~ variance ~ ")", "(" ~ other_variance ~ ")" -%}
    {%- set spread = "sqrt(" ~ variance ~ " / (" ~ mean ~ " * " ~ mean ~ ") + " ~ other_variance ~ " / (" ~ other_mean ~ " * " ~ other_mean ~ "))" -%}
    case when {{ mean }} > 0 and {{ other_mean }} > 0 then {{ mean }} / {{ other_mean }} * exp({{ side }}1 * {{ z }} * {{ spread }}) end
{%- endmacro %}


{#  Variance of a mean of few, steadied by a larger sample of the same kind: the squared coefficient of variation of one
    observation, (n x own + prior x the other's) / (n + prior). A small sample that happens to hold none of the rare long
    times says that it knows its mean; it does not. mean, variance (of the mean), n, other_mean, other_variance (of one
    observation), prior: SQL, means above 0. Result: variance of the mean.
    Source: Smyth, Linear models and empirical Bayes methods for assessing differential expression in microarray
    experiments, 2004 (moderated variances). #}
{% macro steadied_variance(mean, variance, n, other_mean, other_variance, prior) %}
    {%- set mean, other_mean = "(" ~ mean ~ ")", "(" ~ other_mean ~ ")" -%}
    {%- set variance, other_variance = "(" ~ variance ~ ")", "(" ~ other_variance ~ ")" -%}
    {%- set n, prior = "(" ~ n ~ ")", "(" ~ prior ~ ")" -%}
    {%- set own = n ~ " * " ~ variance ~ " / (" ~ mean ~ " * " ~ mean ~ ")" -%}
    {%- set other = other_variance ~ " / (" ~ other_mean ~ " * " ~ other_mean ~ ")" -%}
    {{ mean }} * {{ mean }} * ({{ n }} * {{ own }} + {{ prior }} * {{ other }}) / (({{ n }} + {{ prior }}) * {{ n }})
{%- endmacro %}
