{#  A telephone number as its last nine digits, so that the country's code and a leading zero drop out; shorter local
    numbers as they are; null below seven digits. #}
{% macro normalise_phone(text) %}
    {%- set digits = regex_replace(text, "[^0-9]+", "") -%}
    case when length({{ digits }}) >= 7 then right({{ digits }}, 9) end
{%- endmacro %}


{#  A postcode as its letters and digits. #}
{% macro normalise_postcode(text) %}
    {{- return("nullif(" ~ regex_replace("lower(" ~ text ~ ")", "[^a-z0-9]+", "") ~ ", '')") -}}
{% endmacro %}


{#  House number and first word of the street in a cleaned address. A second number (10612-20) and a direction (w, west)
    between them are passed over; 43rd is 43. #}
{% macro address_pattern() %}
    {{- return('(^| )([0-9]+)[a-z]?( [0-9]{1,4})?( (n|s|e|w|north|south|east|west))* ([a-z0-9]+)') -}}
{% endmacro %}
{% macro house_number(address) %}
    {{- return("substr(" ~ regex_group(address, address_pattern(), 2) ~ ", 1, 9)") -}}
{% endmacro %}
{% macro street_word(address) %}
    {%- set word = regex_group(address, address_pattern(), 6) -%}
    case
        when {{ regex_match(word, '^[0-9]+(st|nd|rd|th)$') }} then {{ regex_replace(word, '[a-z]+', '') }}
        else {{ word }}
    end
{%- endmacro %}


{#  A name in lower case with `|` where another name of the same organisation begins or ends: brackets, quotes, and words
    for former and trading names. The ending of a web address (acme.io) is no part of a name. #}
{% macro mark_other_names(name) %}
    {%- set words = "(f/k/a|fka|formerly known as|formerly|d/b/a|dba|doing business as|t/a|trading as|a/k/a|aka|also known as|now known as|previously)" -%}
    {%- set bracketed = "translate(lower(" ~ name ~ "), '()[]{}\"“”|', '||||||||| ')" -%}
    {%- set named = regex_replace(bracketed, "(^| )" ~ words ~ "( |$|[:.])", " | ") -%}
    {{- regex_replace(named, "[.](io|com|ai|dev|net|org|cloud|tech|app|sh|cx)( |,|$)", " ") -}}
{%- endmacro %}


{#  A cleaned name without a leading `the`. #}
{% macro strip_article(name) %}
    {{- return("case when " ~ name ~ " like 'the %' then substr(" ~ name ~ ", 5) else " ~ name ~ " end") -}}
{% endmacro %}


{#  A text without its last word or words; null where nothing would be left, or there is no ending. #}
{% macro without_ending(text, ending) %}
    {%- set rest = "trim(substr(" ~ text ~ ", 1, length(" ~ text ~ ") - length(" ~ ending ~ ")))" -%}
    {{- return("case when length(" ~ text ~ ") > length(" ~ ending ~ ") then " ~ rest ~ " end") -}}
{% endmacro %}


{#  The label that a registrable domain adds to its suffix, without hyphens; null below three letters. #}
{% macro domain_label(domain) %}
    {%- set label = "replace(" ~ dbt.split_part(domain, "'.'", 1) ~ ", '-', '')" -%}
    case when length({{ label }}) >= 3 then {{ label }} end
{%- endmacro %}


{#  Whether a domain's label is the name, its initials, a part of it, or begins like it. names: relation with
    squashed_name and initials. #}
{% macro is_named_by_domain(names, label) %}
    coalesce(
        {{ names }}.squashed_name like '%' || {{ label }} || '%'
        or {{ label }} like '%' || {{ names }}.squashed_name || '%'
        or {{ names }}.initials = {{ label }}
        or (length({{ label }}) >= 5 and substr({{ names }}.squashed_name, 1, 5) = substr({{ label }}, 1, 5)),
        false
    )
{%- endmacro %}


{#  Share of the longer text that need not be edited to make it the other, in [0, 1]; 0 where lengths alone forbid a
    likeness that any rule asks for. #}
{% macro edit_similarity(one, other) %}
    case
        when least(length({{ one }}), length({{ other }})) * 5 >= greatest(length({{ one }}), length({{ other }})) * 4
            then {{ six_places('1 - ' ~ edit_distance(one, other) ~ ' * 1.0 / greatest(length(' ~ one ~ '), length(' ~ other ~ '))') }}
        else 0
    end
{%- endmacro %}


{#  Whether two records (relations with house_number and street_word) stand in one street a few numbers apart, or at one
    number of a street that one of them misspells. #}
{% macro is_near_address(one, other) %}
    (
        {{ one }}.street_word = {{ other }}.street_word
        and abs(cast({{ one }}.house_number as integer) - cast({{ other }}.house_number as integer)) <= {{ rule('street_number_near') }}
    )
    or (
        {{ one }}.house_number = {{ other }}.house_number
        and least(length({{ one }}.street_word), length({{ other }}.street_word)) >= {{ rule('street_word_length') }}
        and {{ edit_distance(one ~ '.street_word', other ~ '.street_word') }} <= {{ rule('street_word_edits') }}
    )
{%- endmacro %}


{#  The rule (seed match_rules) that a computed link goes by. scores: relation with name_level and place_level. #}
{% macro match_rule(scores) %}
    case
        when {{ scores }}.name_level in ('exact_unique', 'exact', 'other_name', 'misspelt')
            then
                case
                    when {{ scores }}.place_level in ('unknown', 'crowded_postcode') then 'same_name'
                    when {{ scores }}.place_level in ('address_differs', 'domain_differs', 'phone_differs') then 'same_name_other_place'
                    else 'same_name_same_place'
                end
        when {{ scores }}.name_level in ('generic_words', 'contained', 'close')
            then
                case
                    when {{ scores }}.place_level in (
                        'unknown', 'crowded_postcode', 'address_differs', 'domain_differs', 'phone_differs'
                    )
                        then 'alike_name'
                    else 'alike_name_same_place'
                end
        else 'same_place'
    end
{%- endmacro %}
