{#  Whether something of a day counts on a month-end: it has happened, and less than some days ago. date, as_of_date: SQL dates;
    days: the name of a rule. The day itself counts; with 90 days, what happened 90 days ago does not. #}
{% macro in_window(date, as_of_date, days) %}
    {{- return(date ~ " <= " ~ as_of_date ~ " and " ~ as_of_date ~ " < " ~ add_days(date, rule(days))) -}}
{% endmacro %}


{#  How long a partner has been silent for its own rhythm: days since its last day of work, divided by its usual gap, which is
    the mean of those between its days of work; a gap of less than a rule says nothing. 1 is just as usual. SQL: dates, and
    n_days of 2 or more. #}
{% macro quiet_ratio(as_of_date, first_date, last_date, n_days) -%}
    cast({{ dbt.datediff(last_date, as_of_date, 'day') }} as {{ type_double() }}) / greatest(
        cast({{ rule('rhythm_min_gap_days') }} as {{ type_double() }}),
        cast({{ dbt.datediff(first_date, last_date, 'day') }} as {{ type_double() }}) / ({{ n_days }} - 1)
    )
{%- endmacro %}


{#  How warm signals make an account: the sum of their strengths, each halved with every half-life since its day, up to
    a cap. An aggregate; arguments are SQL. #}
{% macro signal_heat(strength, date, as_of_date) %}
    {{- return(
        "least(" ~ rule('signal_heat_cap') ~ ", sum(" ~ strength ~ " * "
        ~ half_life_decay(dbt.datediff(date, as_of_date, 'day'), rule('signal_half_life_days')) ~ "))"
    ) -}}
{% endmacro %}


{#  Days that a change of use looks back: the latest ones and those before them. #}
{% macro usage_window_days() %}
    {{- return("(" ~ rule('usage_recent_days') ~ " + " ~ rule('usage_before_days') ~ ")") -}}
{% endmacro %}


{#  Use of the latest days as a ratio of that of the days before, a day for a day; 1 is unchanged, null where there was none
    before. Arguments: SQL sums, null where there is none. #}
{% macro usage_change(recent, before) -%}
    (coalesce({{ recent }}, 0) / {{ rule('usage_recent_days') }})
    / nullif(coalesce({{ before }}, 0) / {{ rule('usage_before_days') }}, 0)
{%- endmacro %}


{#  Days over which support cases are compared: the latest ones and those before them. #}
{% macro tickets_window_days() %}
    {{- return("(" ~ rule('tickets_recent_days') ~ " + " ~ rule('tickets_before_days') ~ ")") -}}
{% endmacro %}


{#  Cases of the latest days less what the time before would give in as many days. Arguments: SQL counts, null where none. #}
{% macro tickets_change(recent, before) -%}
    coalesce({{ recent }}, 0)
    - coalesce({{ before }}, 0) * {{ rule('tickets_recent_days') }} / {{ rule('tickets_before_days') }}
{%- endmacro %}


{#  Columns of wide models as rows: as_of_date, account_key, signal, value (a double, never null) and event_date. topics: model
    name -> signal (a column of it) -> the column with the day of the event behind it, or none. #}
{% macro unpivot_signals(topics) -%}
    {%- for model, signals in topics.items() -%}
    {%- set is_last = loop.last -%}
    {%- for signal, event_date in signals.items() -%}
    select
        as_of_date,
        account_key,
        '{{ signal }}' as signal,
        cast({{ signal }} as {{ type_double() }}) as value,
        cast({{ event_date if event_date is not none else 'null' }} as date) as event_date
    from {{ ref(model) }}
    where {{ signal }} is not null
    {%- if not (is_last and loop.last) %}
    union all
    {% endif %}
    {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
