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
