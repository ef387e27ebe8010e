{#  What was to be expected of comparable trials that a partner did not touch.
    outcomes: name of a model of month-end x trial with as_of_date, stage, trial_key, segment, stratum_key, sourcer_key,
    year_key, cell_key, stratum_sourcer, outcome. credits: name of a model of trial x partner with credit, 0 to 1.
    Result, one row a month-end, stage, partner and cell: expected_outcome (null where the partner touched everything) and
    n_untouched_segment. The partner `nobody` touched nothing: its expectation is that of all.

    Means of narrower strata are shrunk to the wider one's, stage, segment, stratum: (sum + k * wider mean) / (n + k), k a
    prior number of trials (rules segment_prior_trials, stratum_prior_trials). To the stratum's mean is added by how much
    the trials of the same year, and of customers that the same partner brought, differ from the stratum's own, each
    n / (n + k) of it. Customers that the partner brought itself are compared with everybody's: keeping another's poor-fit
    customers is no fault, keeping one's own is.
    Source: partial pooling; Gelman & Hill, Data Analysis Using Regression and Multilevel/Hierarchical Models, 2007, ch. 12. #}
{% macro expected_outcomes(outcomes, credits='int_trial_credits') %}
{%- set wider = {'segment': 'stage', 'stratum_key': 'segment'} -%}
{%- set branches = ['sourcer_key', 'year_key'] -%}
{%- set levels = ['stage'] + wider.keys() | list + branches -%}
{#- a column named twice in a partition gives DuckDB 1.5 the wrong sums -#}
{%- set groups = {'stage': 'as_of_date, stage'} -%}
{%- for level in levels[1:] -%}{%- do groups.update({level: 'as_of_date, stage, ' ~ level}) -%}{%- endfor -%}
{%- set cell = ['as_of_date', 'stage', 'segment', 'stratum_key', 'sourcer_key', 'year_key', 'cell_key', 'stratum_sourcer'] -%}
with

outcomes as (

    select {{ cell | join(', ') }}, trial_key, outcome
    from {{ ref(outcomes) }}

),

credits as (

    select trial_key, partner_key
    from {{ ref(credits) }}
    where credit > 0 and partner_key <> 'own_team'

),

cells as (

    select
        {{ cell | join(', ') }},
        count(*) as n_trials,
        sum(outcome) as total_outcome
    from outcomes
    group by {{ cell | join(', ') }}

),

cells_in_levels as (

    select
        {{ cell | join(', ') }}
        {%- for level in levels %},
        sum(n_trials) over (partition by {{ groups[level] }}) as n_{{ level }},
        sum(total_outcome) over (partition by {{ groups[level] }}) as total_{{ level }}
        {%- endfor %}
    from cells

),

touched as (

    select
        credits.partner_key,
        outcomes.{{ cell | join(', outcomes.') }},
        count(*) as n_trials,
        sum(outcomes.outcome) as total_outcome
    from outcomes
    inner join credits on outcomes.trial_key = credits.trial_key
    group by credits.partner_key, outcomes.{{ cell | join(', outcomes.') }}
    union all
    select
        'nobody' as partner_key,
        {{ cell | join(', ') }},
        0 as n_trials,
        0 as total_outcome
    from cells

),

touched_in_levels as (

    select
        partner_key,
        as_of_date,
        stage,
        cell_key
        {%- for level in levels %},
        sum(n_trials) over (partition by partner_key, {{ groups[level] }}) as n_{{ level }},
        sum(total_outcome) over (partition by partner_key, {{ groups[level] }}) as total_{{ level }}
        {%- endfor %}
    from touched

),

untouched as (

    select
        touched_in_levels.partner_key,
        cells_in_levels.as_of_date,
        cells_in_levels.stage,
        cells_in_levels.segment,
        cells_in_levels.cell_key,
        cells_in_levels.stratum_sourcer
        {%- for level in levels %},
        cells_in_levels.n_{{ level }} - touched_in_levels.n_{{ level }} as n_{{ level }},
        cells_in_levels.total_{{ level }} - touched_in_levels.total_{{ level }} as total_{{ level }}
        {%- endfor %}
    from touched_in_levels
    inner join cells_in_levels
        on touched_in_levels.as_of_date = cells_in_levels.as_of_date
        and touched_in_levels.stage = cells_in_levels.stage
        and touched_in_levels.cell_key = cells_in_levels.cell_key

),

expected_stage as (

    select
        untouched.*,
        total_stage / nullif(n_stage, 0) as mean_stage
    from untouched

),
{% for level in wider %}
{%- set prior = rule('segment_prior_trials' if level == 'segment' else 'stratum_prior_trials') %}
expected_{{ level }} as (

    select
        known.*,
        (total_{{ level }} + {{ prior }} * mean_{{ wider[level] }}) / (n_{{ level }} + {{ prior }}) as mean_{{ level }}
    from expected_{{ wider[level] }} as known

),
{% endfor %}
{% set stratum_mean = 'total_stratum_key / nullif(n_stratum_key, 0)' -%}
differing as (

    select
        expected_stratum_key.*
        {%- for branch in branches %},
        coalesce(
            (total_{{ branch }} - n_{{ branch }} * {{ stratum_mean }})
            / (n_{{ branch }} + {{ rule('stratum_prior_trials') }}), 0
        ) as difference_{{ branch }}
        {%- endfor %}
    from expected_stratum_key

),

final as (

    select
        partner_key,
        as_of_date,
        stage,
        segment,
        cell_key,
        n_segment as n_untouched_segment,
        mean_stratum_key + difference_year_key
        + case
            when stratum_sourcer = partner_key and partner_key <> 'nobody' then 0
            else difference_sourcer_key
        end as expected_outcome
    from differing

)

select * from final
{% endmacro %}
