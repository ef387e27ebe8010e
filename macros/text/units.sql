{#  Text of an amount in hundredths (12345) as text of major units (123.45). What is no number stays as it is, so that the
    contract refuses the row and names the value. #}
{% macro from_hundredths(text) %}
    coalesce(cast({{ read_number(text) }} / 100 as {{ type_text() }}), {{ text }})
{%- endmacro %}


{#  Text of milliseconds since 1970 as text of a time (UTC). What has not that form stays as it is: a time in words is
    read by the contract, anything else is refused there. Years before 1973 and after 5138 have another number of digits. #}
{% macro from_milliseconds(text) %}
    case
        when {{ regex_match(text, '^[0-9]{12,14}$') }}
            then cast({{ from_epoch_milliseconds('cast(' ~ text ~ ' as ' ~ dbt.type_bigint() ~ ')') }} as {{ type_text() }})
        else {{ text }}
    end
{%- endmacro %}
