{#  A bound of the score interval of a share. share in [0, 1], n and z: SQL; side: '-' for the lower bound, '+' for the
    upper. n need not be whole: of weighted answers it is Kish's effective number, (sum w)^2 / sum w^2. Null where n is 0.
    Sources: Wilson, Probable inference, the law of succession, and statistical inference, 1927; Kish, Survey sampling,
    1965. #}
{% macro wilson(share, n, z, side) %}
    {%- set share = "(" ~ share ~ ")" -%}
    {%- set n = "nullif(cast(" ~ n ~ " as " ~ type_double() ~ "), 0)" -%}
    {%- set z = "(" ~ z ~ ")" -%}
    {%- set centre = share ~ " + " ~ z ~ " * " ~ z ~ " / (2 * " ~ n ~ ")" -%}
    {%- set half = z ~ " * sqrt(" ~ share ~ " * (1 - " ~ share ~ ") / " ~ n ~ " + " ~ z ~ " * " ~ z ~ " / (4 * " ~ n ~ " * " ~ n ~ "))" -%}
    {%- set bound = "(" ~ centre ~ " " ~ side ~ " " ~ half ~ ") / (1 + " ~ z ~ " * " ~ z ~ " / " ~ n ~ ")" -%}
    case when {{ n }} is not null and {{ share }} is not null then cast(least(1, greatest(0, {{ bound }})) as {{ type_double() }}) end
{%- endmacro %}
