{#  A timestamp without zone (UTC) from a number of milliseconds since 1970. #}
{% macro from_epoch_milliseconds(number) %}
    {{- return(adapter.dispatch('from_epoch_milliseconds')(number)) -}}
{% endmacro %}
{% macro default__from_epoch_milliseconds(number) %}
    {{- return("epoch_ms(cast(" ~ number ~ " as bigint))") -}}
{% endmacro %}
{% macro postgres__from_epoch_milliseconds(number) %}
    {{- return("(timestamp '1970-01-01' + " ~ number ~ " * interval '1 millisecond')") -}}
{% endmacro %}
{% macro spark__from_epoch_milliseconds(number) %}
    {{- return("timestampadd(millisecond, cast(" ~ number ~ " as bigint), timestamp_ntz '1970-01-01 00:00:00')") -}}
{% endmacro %}


{#  A time given as ISO 8601 text or, as Stripe's own API does, as whole seconds since 1970. #}
{% macro read_moment(text) %}
    case
        when {{ regex_match(text, '^[0-9]{9,10}$') }}
            then {{ from_epoch_milliseconds("1000 * cast(" ~ text ~ " as " ~ dbt.type_bigint() ~ ")") }}
        else {{ read_timestamp(text) }}
    end
{%- endmacro %}


{#  Hours from one timestamp to another. #}
{% macro hours_between(first, second) %}
    {{- return(
        "((" ~ seconds_since_epoch(second) ~ " - " ~ seconds_since_epoch(first) ~ ") / cast(3600 as " ~ type_double() ~ "))"
    ) -}}
{% endmacro %}
