-- Question: of how many customers do we hear, and from how many sides? Grain: month-end,
-- measure and cohort. A family counts with an event in the days before (rule
-- coverage_days); who is live with us is active.
{%- set families = ['partner', 'integration', 'product', 'community'] %}
{%- set heard = [
    ('product', 'stg_usage', 'day', 'coalesce(active_users, events, 0) > 0'),
    ('integration', 'stg_setup_events', 'occurred_at',
     "event in ('integration_activated', 'integration_deactivated')"),
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
    union all
    select
        account_key,
        'partner' as family,
        cast(occurred_at as date) as heard_date
    from {{ ref('int_touches') }}
    where actor = 'partner'

),

covered as (

    select distinct month_ends.as_of_date, events.account_key, events.family
    from events
    inner join month_ends
        on events.heard_date > month_ends.heard_from_date
        and events.heard_date <= month_ends.as_of_date

),

seen as (

    select
        live.as_of_date,
        live.account_key,
        live.segment,
        {% for family in families -%}
        max(case when covered.family = '{{ family }}' then 1 else 0 end) as {{ family }},
        {% endfor -%}
        case
            when count(covered.family) >= {{ rule('coverage_families') }} then 1
            else 0
        end as several
    from live
    left join covered
        on live.as_of_date = covered.as_of_date
        and live.account_key = covered.account_key
    group by live.as_of_date, live.account_key, live.segment

),

shares as (

    {% for column, kpi in {
        'several': 'signal_coverage', 'partner': 'partner_coverage',
        'integration': 'integration_coverage', 'product': 'product_coverage',
        'community': 'community_coverage'
    }.items() -%}
    select as_of_date, '{{ kpi }}' as kpi, segment as cohort, {{ column }} as is_covered
    from seen
    union all
    select as_of_date, '{{ kpi }}' as kpi, 'all' as cohort, {{ column }} as is_covered
    from seen
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

counted as (

    select
        as_of_date,
        kpi,
        cohort,
        avg(cast(is_covered as {{ type_double() }})) as value,
        count(*) as n
    from shares
    group by as_of_date, kpi, cohort

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
    from counted

)

select * from final
