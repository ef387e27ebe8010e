{#  How strong an unmeasured confounder must be, as a risk ratio with both the partner and the outcome, to explain an effect
    away; 1 says nothing is needed. expected: outcome in [0, 1] without the partner; effect: difference with it (SQL).
    The risk ratio is that of the rarer outcome. Null where a ratio cannot be formed.
    Source: VanderWeele & Ding, Sensitivity analysis in observational research: introducing the E-value, 2017. #}
{% macro e_value(expected, effect) %}
    {%- set expected = "(" ~ expected ~ ")" -%}
    {%- set rare = "(case when " ~ expected ~ " >= 0.5 then 1 - " ~ expected ~ " else " ~ expected ~ " end)" -%}
    {%- set moved = "(case when " ~ expected ~ " >= 0.5 then 1 - " ~ expected ~ " - (" ~ effect ~ ") else " ~ expected ~ " + (" ~ effect ~ ") end)" -%}
    {%- set ratio = "greatest(" ~ rare ~ " / " ~ moved ~ ", " ~ moved ~ " / " ~ rare ~ ")" -%}
    case when {{ rare }} > 0 and {{ moved }} > 0 then {{ ratio }} + sqrt({{ ratio }} * ({{ ratio }} - 1)) end
{%- endmacro %}
