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


{#  The part of the first match that a numbered group of a regular expression holds; null where nothing matches. #}
{% macro regex_group(text, pattern, group) %}
    {{- return(adapter.dispatch('regex_group')(text, pattern, group)) -}}
{% endmacro %}
{% macro default__regex_group(text, pattern, group) %}
    {{- return("nullif(regexp_extract(" ~ text ~ ", '" ~ pattern ~ "', " ~ group ~ "), '')") -}}
{% endmacro %}
{% macro postgres__regex_group(text, pattern, group) %}
    {{- return("nullif((regexp_match(" ~ text ~ ", '" ~ pattern ~ "'))[" ~ group ~ "], '')") -}}
{% endmacro %}


{#  First letters of words parted by single spaces, joined. #}
{% macro initials(words) %}
    {{- return(adapter.dispatch('initials')(words)) -}}
{% endmacro %}
{% macro default__initials(words) %}
    {{- return("regexp_replace(" ~ words ~ ", '([^ ])[^ ]* ?', '\\1', 'g')") -}}
{% endmacro %}
{% macro spark__initials(words) %}
    {{- return("regexp_replace(" ~ words ~ ", '([^ ])[^ ]* ?', '$1')") -}}
{% endmacro %}


{#  Single letters that must be put in, taken out or changed to make one text the other (Levenshtein, 1966). The first
    120 letters are compared: PostgreSQL's extension refuses texts above 255 bytes. #}
{% macro edit_distance(one, other) %}
    {{- return("levenshtein(substr(" ~ one ~ ", 1, 120), substr(" ~ other ~ ", 1, 120))") -}}
{% endmacro %}

{#  Makes the functions that an engine keeps in an extension available. Runs before anything is built. #}
{% macro enable_extensions() %}{{ return(adapter.dispatch('enable_extensions')()) }}{% endmacro %}
{% macro default__enable_extensions() %}{% endmacro %}
{% macro postgres__enable_extensions() %}create extension if not exists fuzzystrmatch{% endmacro %}


{#  Tail of a from clause that gives a row for each word of a text of words parted by single spaces: column `word` of
    `words`. #}
{% macro cross_join_words(text) %}
    {{- return(adapter.dispatch('cross_join_words')(text)) -}}
{% endmacro %}
{% macro default__cross_join_words(text) %}
    {{- return("cross join unnest(string_split(" ~ text ~ ", ' ')) as words (word)") -}}
{% endmacro %}
{% macro postgres__cross_join_words(text) %}
    {{- return("cross join unnest(string_to_array(" ~ text ~ ", ' ')) as words (word)") -}}
{% endmacro %}
{% macro spark__cross_join_words(text) %}
    {{- return("lateral view explode(split(" ~ text ~ ", ' ')) words as word") -}}
{% endmacro %}
