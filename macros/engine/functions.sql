{#  Whether text matches a regular expression (POSIX classes and counts only, so that all engines agree). #}
{% macro regex_match(text, pattern) %}
    {{- return(adapter.dispatch('regex_match')(text, pattern)) -}}
{% endmacro %}
{% macro default__regex_match(text, pattern) %}
    {{- return("regexp_matches(" ~ text ~ ", '" ~ pattern ~ "')") -}}
{% endmacro %}
{% macro postgres__regex_match(text, pattern) %}
    {{- return("(" ~ text ~ " ~ '" ~ pattern ~ "')") -}}
{% endmacro %}
{% macro spark__regex_match(text, pattern) %}
    {{- return("(" ~ text ~ " rlike '" ~ spark_pattern(pattern) ~ "')") -}}
{% endmacro %}

{#  In Java `$` also matches before a last line break. #}
{% macro spark_pattern(pattern) %}
    {{- return(pattern[:-1] ~ '\\\\z' if pattern.endswith('$') else pattern) -}}
{% endmacro %}


{#  Seconds since 1970-01-01 of a timestamp without zone. #}
{% macro seconds_since_epoch(timestamp) %}
    {{- return(adapter.dispatch('seconds_since_epoch')(timestamp)) -}}
{% endmacro %}
{% macro default__seconds_since_epoch(timestamp) %}
    {{- return("cast(epoch(" ~ timestamp ~ ") as bigint)") -}}
{% endmacro %}
{% macro postgres__seconds_since_epoch(timestamp) %}
    {{- return("cast(extract(epoch from " ~ timestamp ~ ") as bigint)") -}}
{% endmacro %}
{% macro spark__seconds_since_epoch(timestamp) %}
    {{- return("timestampdiff(second, timestamp_ntz '1970-01-01 00:00:00', " ~ timestamp ~ ")") -}}
{% endmacro %}


{#  Text with every match of a regular expression replaced. #}
{% macro regex_replace(text, pattern, replacement) %}
    {{- return(adapter.dispatch('regex_replace')(text, pattern, replacement)) -}}
{% endmacro %}
{% macro default__regex_replace(text, pattern, replacement) %}
    {{- return("regexp_replace(" ~ text ~ ", '" ~ pattern ~ "', '" ~ replacement ~ "', 'g')") -}}
{% endmacro %}
{% macro spark__regex_replace(text, pattern, replacement) %}
    {{- return("regexp_replace(" ~ text ~ ", '" ~ spark_pattern(pattern) ~ "', '" ~ replacement ~ "')") -}}
{% endmacro %}


{#  Override of dbt's own for Spark, which splits by a regular expression and has null where the others have ''. #}
{% macro spark__split_part(string_text, delimiter_text, part_number) %}
    {{- return("split_part(" ~ string_text ~ ", " ~ delimiter_text ~ ", " ~ part_number ~ ")") -}}
{% endmacro %}
