{#  All rows of a stream, typed, each with the first reason against it (null: none). The reasons do not depend on
    as_of_date. Grain: loaded row. #}
{% macro checked_stream(stream) %}
{%- set definition = contract()[stream] -%}
{%- set columns = stream_columns(stream) -%}
{%- set inputs = stream_inputs(stream) -%}
{%- set references = columns | selectattr('ref', 'defined') | list -%}
{%- set money = columns | selectattr('type', 'equalto', 'money') | map(attribute='name') | list -%}
with

loaded as (

    {% for relation in inputs -%}
    select
        {% for column in columns %}{{ read_text(column.name) }} as {{ column.name }},
        {% endfor -%}
        row_file,
        row_number
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {% else -%}
    select
        {% for column in columns %}cast(null as {{ type_text() }}) as {{ column.name }},
        {% endfor -%}
        cast(null as {{ type_text() }}) as row_file,
        cast(null as {{ dbt.type_bigint() }}) as row_number
    where 1 = 0
    {% endfor %}
),

typed as (

    select
        {% for column in columns -%}
        {{ read_column(column) }} as {{ column.name }},
        {% if column.type != 'text' or 'values' in column -%}
        {{ column.name }} as {{ column.name }}_text,
        {% endif -%}
        {%- endfor -%}
        {{ count_other_values(columns) }} as n_other_values,
        row_file,
        row_number
    from loaded

),
{% for target in references | map(attribute='ref') | unique | list %}
{% if target in ['from_type', 'to_type'] -%}
{% if target == 'from_type' %}
known_entities as (

    {% for entity, entity_stream in entity_streams().items() -%}
    select distinct '{{ entity }}' as entity_type, source, source_id
    from {{ ref('stg_' ~ entity_stream ~ '__checked') }}
    where reject_reason is null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),
{%- endif %}
{%- elif target == stream %}
known_{{ target }} as (

    select distinct source, source_id
    from typed
    where source is not null and source_id is not null

),
{% else %}
known_{{ target }} as (

    select distinct source, source_id
    from {{ ref('stg_' ~ target ~ '__checked') }}
    where reject_reason is null

),
{% endif -%}
{%- endfor %}
referenced as (

    select
        typed.*{% for column in references %},
        known_{{ column.name }}.source_id as found_{{ column.name }}
        {%- endfor %}
        {%- if money %},
        rate.usd_rate / reporting.usd_rate as exchange_rate
        {%- endif %}
    from typed
    {% for column in references -%}
    {%- set by_type = column.ref in ['from_type', 'to_type'] %}
    left join {{ 'known_entities' if by_type else 'known_' ~ column.ref }} as known_{{ column.name }}
        on typed.{{ column.name }} = known_{{ column.name }}.source_id
        and coalesce(typed.{{ twin_column(column.name) }}, typed.source) = known_{{ column.name }}.source
        {%- if by_type %}
        and typed.{{ column.ref }} = known_{{ column.name }}.entity_type
        {%- endif %}
    {% endfor %}
    {%- if money %}
    left join {{ ref('currencies') }} as rate
        on upper(coalesce(typed.currency, '{{ var("reporting_currency") }}')) = rate.currency
    left join {{ ref('currencies') }} as reporting
        on reporting.currency = '{{ var("reporting_currency") }}'
    {% endif %}
),

final as (

    select
        {% for column in columns -%}
        {% if column.type == 'money' -%}
        {{ column.name }} * exchange_rate as {{ column.name }},
        {% elif 'ref' in column -%}
        {{ column.name }},
        {% elif 'twin_of' in column -%}
        case when {{ column.twin_of }} is not null then coalesce({{ column.name }}, source) end
            as {{ column.name }},
        {% else -%}
        {{ column.name }},
        {% endif -%}
        {%- endfor -%}
        row_file,
        row_number,
        n_other_values,
        case
            {{ reject_cases(stream) }}
        end as reject_reason
    from referenced

)

select * from final
{% endmacro %}


{#  Read one column of text as its type; what cannot be read is null, and reject_cases says so. #}
{% macro read_column(column) %}
    {%- if column.type in ['timestamp', 'date'] -%}
        {{ read_timestamp(column.name) if column.type == 'timestamp' else read_date(column.name) }}
    {%- elif column.type in ['number', 'money'] -%}
        {{ read_number(column.name) }}
    {%- elif column.type == 'boolean' -%}
        {{ read_boolean(column.name) }}
    {%- elif 'values' in column -%}
        {%- set value = "replace(lower(" ~ column.name ~ "), ' ', '_')" -%}
        case
            when {{ column.name }} is null then {{ "'" ~ column.default ~ "'" if 'default' in column else 'null' }}
            when {{ value }} in ('{{ column['values'] | join("', '") }}') then {{ value }}
            else 'other'
        end
    {%- else -%}
        {{ column.name }}
    {%- endif -%}
{% endmacro %}


{#  Number of enumerations in the row whose value the contract does not list. #}
{% macro count_other_values(columns) %}
    {%- set terms = [] -%}
    {%- for column in columns if 'values' in column -%}
        {%- do terms.append(
            "case when replace(lower(" ~ column.name ~ "), ' ', '_') not in ('"
            ~ column['values'] | join("', '") ~ "', 'other') then 1 else 0 end"
        ) -%}
    {%- endfor -%}
    {{ return(terms | join('\n            + ') if terms else '0') }}
{% endmacro %}


{#  The reasons against a row, most basic first. #}
{% macro reject_cases(stream) %}
    {%- set definition = contract()[stream] -%}
    {%- set columns = stream_columns(stream) -%}
    {%- for column in columns if column.required %}
            when {{ column.name }}{{ '_text' if column.type != 'text' or 'values' in column }} is null
                then '{{ column.name }}: missing'
    {%- endfor -%}
    {%- for column in columns if 'required_unless' in column -%}
        {%- for other, value in column.required_unless.items() %}
            when {{ column.name }} is null and {{ other }} != '{{ value }}'
                then '{{ column.name }}: missing'
        {%- endfor -%}
    {%- endfor -%}
    {%- if 'at_least_one' in definition %}
            when coalesce({{ definition.at_least_one | join(', ') }}) is null
                then '{{ definition.at_least_one | join(' or ') }}: missing'
    {%- endif -%}
    {%- for column in columns if column.type in ['timestamp', 'date', 'number', 'money', 'boolean'] %}
            when {{ column.name }} is null and {{ column.name }}_text is not null
                then '{{ column.name }}: "' || substr({{ column.name }}_text, 1, 60) || '" is not {{
                    {'timestamp': 'a date or time such as 2025-03-31 or 2025-03-31T09:30:00Z',
                     'date': 'a date such as 2025-03-31',
                     'boolean': 'true or false'}.get(column.type, 'a number such as 1234.5')
                }}'
    {%- endfor -%}
    {%- for column in columns if column.type in ['timestamp', 'date'] %}
            when extract(year from {{ column.name }}) < {{ rule('earliest_year') }}
                or extract(year from {{ column.name }}) > {{ rule('latest_year') }}
                then '{{ column.name }}: ' || {{ column.name }}_text || ' is outside the date bounds'
    {%- endfor -%}
    {%- for column in columns if 'min' in column %}
            when {{ column.name }} < {{ column.min }}
                then '{{ column.name }}: ' || {{ column.name }}_text || ' is less than {{ column.min }}'
    {%- endfor -%}
    {%- for column in columns if 'max' in column %}
            when {{ column.name }} > {{ column.max }}
                then '{{ column.name }}: ' || {{ column.name }}_text || ' is more than {{ column.max }}'
    {%- endfor -%}
    {%- for column in columns if 'not_before' in column %}
            when {{ column.name }} < {{ column.not_before }}
                then '{{ column.name }}: ' || {{ column.name }}_text || ' is before {{ column.not_before }}'
    {%- endfor -%}
    {%- if columns | selectattr('type', 'equalto', 'money') | list %}
            when exchange_rate is null
                then 'currency: no exchange rate for "'
                || coalesce(currency, '{{ var("reporting_currency") }}') || '" (seed currencies)'
    {%- endif -%}
    {%- for column in columns if 'ref' in column %}
            when {{ column.name }} is not null and found_{{ column.name }} is null
                then '{{ column.name }}: no {{
                    'record' if column.ref in ['from_type', 'to_type'] else column.ref ~ ' row'
                }} "' || substr({{ column.name }}, 1, 60) || '" in source "'
                || coalesce({{ twin_column(column.name) }}, source) || '"'
    {%- endfor -%}
{% endmacro %}
