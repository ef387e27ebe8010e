{#  A bound of the interval of a difference of two shares, share - other_share, from score intervals of each. side: '-' for
    the lower bound, '+' for the upper. All SQL; null where either n is 0.
    Source: Newcombe, Interval estimation for the difference between independent proportions, 1998, method 10. #}
{% macro difference_bound(share, n, other_share, other_n, z, side) %}
    {%- set other_side = '+' if side == '-' else '-' -%}
    {%- set near = "((" ~ share ~ ") - (" ~ wilson(share, n, z, side) ~ "))" -%}
    {%- set far = "((" ~ other_share ~ ") - (" ~ wilson(other_share, other_n, z, other_side) ~ "))" -%}
    (({{ share }}) - ({{ other_share }}) {{ side }} sqrt({{ near }} * {{ near }} + {{ far }} * {{ far }}))
{%- endmacro %}


{#  Difference of two shares over strata, and its variance. events and n of the one group, other_events and other_n of the
    other: columns of the strata, as SQL. Aggregates: weigh each stratum by n * other_n / (n + other_n), so that small
    strata count little. Null where no stratum holds both groups.
    Source: Greenland & Robins, Estimation of a common effect parameter from sparse follow-up data, 1985. #}
{% macro stratified_difference(events, n, other_events, other_n) %}
    {%- set all = "nullif(cast(" ~ n ~ " + " ~ other_n ~ " as " ~ type_double() ~ "), 0)" -%}
    (
        sum((({{ events }}) * ({{ other_n }}) - ({{ other_events }}) * ({{ n }})) / {{ all }})
        / nullif(sum(({{ n }}) * ({{ other_n }}) / {{ all }}), 0)
    )
{%- endmacro %}

{% macro stratified_difference_variance(events, n, other_events, other_n) %}
    {%- set n = "cast(" ~ n ~ " as " ~ type_double() ~ ")" -%}
    {%- set other_n = "cast(" ~ other_n ~ " as " ~ type_double() ~ ")" -%}
    {%- set all = "nullif(" ~ n ~ " + " ~ other_n ~ ", 0)" -%}
    {%- set weight = "sum(" ~ n ~ " * " ~ other_n ~ " / " ~ all ~ ")" -%}
    (
        sum(
            (
                ({{ events }}) * ({{ n }} - ({{ events }})) * power({{ other_n }}, 3)
                + ({{ other_events }}) * ({{ other_n }} - ({{ other_events }})) * power({{ n }}, 3)
            )
            / nullif({{ n }} * {{ other_n }} * {{ all }} * {{ all }}, 0)
        )
        / nullif({{ weight }} * {{ weight }}, 0)
    )
{%- endmacro %}
