-- Facts that lie after as_of_date, and trials judged before they resolve.
with

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

facts as (

    select 'account_touches' as model, cast(occurred_at as date) as fact_date
    from {{ ref('account_touches') }}
    union all
    select 'account_terms' as model, term_start_date as fact_date
    from {{ ref('account_terms') }}
    union all
    select 'account_terms ended' as model, ended_date as fact_date
    from {{ ref('account_terms') }}
    union all
    select 'account_lifecycle' as model, cast(started_at as date) as fact_date
    from {{ ref('account_lifecycle') }}
    union all
    select 'int_deals closed' as model, cast(closed_at as date) as fact_date
    from {{ ref('int_deals') }}
    {% for name in ['started', 'ended', 'last_seen'] -%}
    union all
    select 'ecosystem_edges {{ name }}' as model, {{ name }}_date as fact_date
    from {{ ref('ecosystem_edges') }}
    {% endfor %}
),

late_facts as (

    select facts.model, facts.fact_date
    from facts
    inner join as_of on facts.fact_date > as_of.as_of_date

),

early_trials as (

    select 'int_trials_windowed' as model, trials.resolved_date as fact_date
    from {{ ref('int_trials_windowed') }} as windowed
    inner join {{ ref('int_trials') }} as trials
        on windowed.trial_key = trials.trial_key
    where trials.resolved_date > windowed.as_of_date

),

final as (

    select * from late_facts
    union all
    select * from early_trials

)

select * from final
