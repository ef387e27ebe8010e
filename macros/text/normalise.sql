{#  A name as bare words: lower case, accents folded, `&` as `and`, everything else than letters and digits a space.
    Empty becomes null. #}
{% macro normalise_name(text) %}
    {%- set folded = "translate(lower(" ~ text ~ "), 'àáâãäåçèéêëìíîïðñòóôõöøùúûüýÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĺļľłńņňōŏőŕŗřśŝşšţťŧũūŭůűųŵŷźżžǎǐǒǔǧǩǫșţ̨̦̣̦̀́̂̃̄̆̇̈̊̋̌', 'aaaaaaceeeeiiiidnoooooouuuuyyaaaccccddeeeeegggghhiiiiijkllllnnnooorrrsssstttuuuuuuwyzzzaiougkost')" -%}
    {%- set spelt = "replace(replace(replace(replace(" ~ folded ~ ", 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), '&', ' and ')" -%}
    nullif(trim({{ regex_replace(regex_replace(spelt, "[''’.]", ""), "[^a-z0-9]+", " ") }}), '')
{%- endmacro %}


{#  The host of a domain, web address or e-mail address; null where there is none. #}
{% macro normalise_host(text) %}
    {%- set without_scheme = regex_replace("lower(trim(" ~ text ~ "))", "^[a-z]+:/+", "") -%}
    {%- set without_path = regex_replace(without_scheme, "[/?#].*$", "") -%}
    {%- set without_user = regex_replace(without_path, "^.*@", "") -%}
    {%- set without_port = regex_replace(without_user, ":[0-9]*$", "") -%}
    {%- set host = "trim(both '.' from " ~ without_port ~ ")" -%}
    case
        when {{ regex_match(host, '^[^ .,;:<>()|=*"]+([.][^ .,;:<>()|=*"]+)+$') }} and not {{ regex_match(host, '^[0-9.]+$') }} then {{ host }}
    end
{%- endmacro %}


{#  The last n labels of a host. #}
{% macro last_labels(host, n) %}
    {%- set labels = [] -%}
    {%- for position in range(n, 0, -1) -%}
        {%- do labels.append(dbt.split_part(host, "'.'", -position)) -%}
    {%- endfor -%}
    {{ return(labels | join(" || '.' || ")) }}
{% endmacro %}
