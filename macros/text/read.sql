{#  Text without the white space around it (the engines' own trim differ in what is white space); empty is null. #}
{% macro read_text(text) %}
    {%- set spaces = " \t\n\x0b\x0c\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000" -%}
    {{- return("nullif(trim(both '" ~ spaces ~ "' from " ~ text ~ "), '')") -}}
{% endmacro %}


{#  Reading text as a type, the same on every engine; what does not fit is null. Times are ISO 8601, UTC where no offset
    is given, and kept to the second. #}
{% macro read_timestamp(text) %}
    {%- set day_pattern = '^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' -%}
    {%- set time_pattern = '[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?' -%}
    {%- set zone_pattern = ' ?(Z|UTC|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)?' -%}
    {%- set tail = 'substr(' ~ text ~ ', 17)' -%}
    {%- set local -%}
        cast(case
            when length({{ text }}) = 10 then {{ text }}
            when substr({{ text }}, 17, 1) = ':' then replace(substr({{ text }}, 1, 19), 'T', ' ')
            else replace(substr({{ text }}, 1, 16), 'T', ' ') || ':00'
        end as {{ dbt.type_timestamp() }})
    {%- endset -%}
    case
        when not {{ regex_match(text, day_pattern ~ '(' ~ time_pattern ~ zone_pattern ~ ')?$') }} then null
        when not {{ is_day_of_month(text) }} then null
        when length({{ text }}) > 16 and {{ tail }} like '%+%'
            then {{ dbt.dateadd('minute', '-1 * ' ~ offset_minutes(tail, '+'), local) }}
        when length({{ text }}) > 16 and {{ tail }} like '%-%'
            then {{ dbt.dateadd('minute', offset_minutes(tail, '-'), local) }}
        else {{ local }}
    end
{%- endmacro %}


{% macro read_date(text) %}
    cast({{ read_timestamp(text) }} as date)
{%- endmacro %}


{#  Whether the day of a well-formed yyyy-mm-dd exists. #}
{% macro is_day_of_month(text) %}
    {%- set year = 'cast(substr(' ~ text ~ ', 1, 4) as integer)' -%}
    (case
        when substr({{ text }}, 6, 5) in ('04-31', '06-31', '09-31', '11-31', '02-30', '02-31') then false
        when substr({{ text }}, 6, 5) = '02-29'
            then {{ year }} % 4 = 0 and ({{ year }} % 100 <> 0 or {{ year }} % 400 = 0)
        else true
    end)
{%- endmacro %}


{#  +02:00, +0200 or +02 in the tail of a time, as minutes. #}
{% macro offset_minutes(tail, sign) %}
    {%- set digits = "replace(" ~ dbt.split_part(tail, "'" ~ sign ~ "'", 2) ~ ", ':', '')" -%}
    (60 * cast(substr({{ digits }}, 1, 2) as integer)
        + cast(coalesce(nullif(substr({{ digits }}, 3, 2), ''), '0') as integer))
{%- endmacro %}


{% macro read_number(text) %}
    case
        when {{ regex_match(text, '^[+-]?([0-9]{1,30}[.]?[0-9]{0,30}|[.][0-9]{1,30})([eE][+-]?[0-9]{1,2})?$') }}
            then cast({{ text }} as {{ type_double() }})
    end
{%- endmacro %}


{% macro read_boolean(text) %}
    case
        when lower({{ text }}) in ('true', 't', 'yes', 'y', '1') then true
        when lower({{ text }}) in ('false', 'f', 'no', 'n', '0') then false
    end
{%- endmacro %}
