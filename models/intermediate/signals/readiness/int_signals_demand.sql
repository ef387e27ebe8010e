-- Question: how warm is an account, by family of outside signals? Grain: month-end and
-- account. Each signal counts by its strength, halves every 30 days and is capped.
-- Restricted ones count, so no date is given.
{% set names = {
    'intent': 'intent', 'marketing': 'marketing', 'community': 'community',
    'marketplace': 'marketplace', 'partner': 'partner', 'other': 'news'
} %}
with

months as (

    select as_of_date, account_key from {{ ref('int_account_months') }}

),

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

starts as (

    select * from {{ ref('int_stream_starts') }}

),

days as (

    select
        members.organisation_key as account_key,
        signals.family,
        cast(signals.occurred_at as date) as signal_date,
        {{ add_days(
            'cast(signals.occurred_at as date)', rule('signal_horizon_days')
        ) }} as until_date,
        sum(coalesce(signals.strength, {{ rule('signal_strength_default') }}))
            as strength
    from {{ ref('stg_signals') }} as signals
    inner join {{ ref('stg_organisation_members') }} as members
        on members.stream = 'accounts'
        and signals.account_source = members.source
        and signals.account_id = members.source_id
    group by
        members.organisation_key, signals.family, cast(signals.occurred_at as date)

),

decayed as (

    select
        month_ends.as_of_date,
        days.account_key,
        days.family,
        {{ six_places(signal_heat(
            'days.strength', 'days.signal_date', 'month_ends.as_of_date'
        )) }}
            as heat
    from days
    inner join month_ends
        on {{ in_force(
            'month_ends.as_of_date', 'days.signal_date', 'days.until_date'
        ) }}
    group by month_ends.as_of_date, days.account_key, days.family

),

pivoted as (

    select
        {% for family in names -%}
        max(case when family = '{{ family }}' then heat end) as {{ family }}_heat,
        {% endfor -%}
        as_of_date,
        account_key
    from decayed
    group by as_of_date, account_key

),

final as (

    select
        {% for family, name in names.items() -%}
        case
            when starts.{{ family }}_from_date <= months.as_of_date
                then coalesce(pivoted.{{ family }}_heat, 0)
        end as {{ name }}_heat,
        {% endfor -%}
        months.as_of_date,
        months.account_key
    from months
    cross join starts
    left join pivoted
        on months.as_of_date = pivoted.as_of_date
        and months.account_key = pivoted.account_key

)

select * from final
