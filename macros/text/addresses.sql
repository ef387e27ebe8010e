{#  An e-mail address in lower case without what follows a plus sign (ann+news@acme.com is ann@acme.com); null where the
    text is no address. #}
{% macro normalise_address(text) %}
    {%- set address = regex_replace("lower(trim(" ~ text ~ "))", "[+][^@]*@", "@") -%}
    case
        when {{ regex_match(address, '^[^@ ,;:<>()"]+@[^@ ,;:<>()"]+[.][^@ .,;:<>()"]+$') }} then {{ address }}
    end
{%- endmacro %}
