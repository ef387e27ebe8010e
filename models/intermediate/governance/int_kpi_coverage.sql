-- Question: of how many customers do we hear, and from how many sides? Grain:
-- month-end, measure and cohort. A family counts with an event in the days before (rule
-- coverage_days); who is live with us is active.
{%- set heard = [
    ('product', 'stg_usage', 'day', 'coalesce(active_users, events, 0) > 0'),
    ('integration', 'stg_setup_events', 'occurred_at',
     "event in ('integration_activated', 'integration_deactivated')"),
    ('partner', 'stg_touches', 'occurred_at', "actor = 'partner'"),
    ('partner', 'stg_signals', 'occurred_at', "family = 'partner'"),
    ('community', 'stg_signals', 'occurred_at', "family = 'community'"),
    ('community', 'stg_feedback', 'occurred_at',
     "kind in ('review', 'reference', 'referral', 'case_study')"),
] %}
with

month_ends as (

    select
        as_of_date,
        {{ add_days('as_of_date', '-1 * ' ~ rule('coverage_days')) }} as heard_from_date
    from {{ ref('int_month_ends') }}

),

live as (

    select as_of_date, account_key, segment from {{ ref('int_live_accounts') }}

),

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

{# to the source's own account and day first: usage has far more rows than days #}
heard as (

    {% for family, stream, day, condition in heard -%}
    select
        '{{ family }}' as family,
        account_source,
        account_id,
        cast({{ day }} as date) as heard_date
    from {{ ref(stream) }}
    where {{ condition }}
    {{ 'union distinct' if not loop.last }}
    {% endfor %}
),

events as (

    select members.organisation_key as account_key, heard.family, heard.heard_date
    from heard
    inner join members
        on heard.account_source = members.source
        and heard.account_id = members.source_id

),

covered as (

    select distinct month_ends.as_of_date, events.account_key, events.family
    from events
    inner join month_ends
        on events.heard_date > month_ends.heard_from_date
        and events.heard_date <= month_ends.as_of_date

),

hits as (

    select as_of_date, account_key, family || '_coverage' as kpi
    from covered
    union all
    select as_of_date, account_key, 'signal_coverage' as kpi
    from covered
    group by as_of_date, account_key
    having count(*) >= {{ rule('coverage_families') }}

),

cohorts as (

    select as_of_date, account_key, segment as cohort from live
    union all
    select as_of_date, account_key, 'all' as cohort from live

),

{# a family that nobody is heard of in is covered by 0 #}
shares as (

    select
        cohorts.as_of_date,
        kpis.kpi,
        cohorts.cohort,
        count(*) as n,
        count(hits.account_key) / cast(count(*) as {{ type_double() }}) as value
    from cohorts
    inner join {{ ref('kpis') }} as kpis on kpis.kpi like '%_coverage'
    left join hits
        on cohorts.as_of_date = hits.as_of_date
        and cohorts.account_key = hits.account_key
        and kpis.kpi = hits.kpi
    group by cohorts.as_of_date, kpis.kpi, cohorts.cohort

),

final as (

    select
        as_of_date,
        kpi,
        cohort,
        value,
        {{ wilson('value', 'n', rule('interval_z'), '-') }} as lower,
        {{ wilson('value', 'n', rule('interval_z'), '+') }} as upper,
        n
    from shares

)

select * from final
