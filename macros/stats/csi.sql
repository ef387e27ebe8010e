{#  Points that a stage adds to CSI, before they are divided by the parts of all weights: weight x presence x (score - 50).
    Arguments are SQL; weight in parts, presence in [0, 1], score 0 to 100. #}
{% macro csi_points(weight, presence, score) %}
    {{- return(weight ~ " * " ~ presence ~ " * (" ~ score ~ " - " ~ rule('csi_neutral') ~ ")") -}}
{% endmacro %}


{#  Variance of those points: the slope of the logistic score at the effect, times the effect's posterior spread.
    Source: delta method; Oehlert, A note on the delta method, 1992. #}
{% macro csi_points_variance(weight, presence, score, effect_sd, reference_sd) %}
    {%- set slope = rule('logistic_scale') ~ " / " ~ reference_sd ~ " * " ~ score ~ " * (100 - " ~ score ~ ") / 100" -%}
    {{- return("power(" ~ weight ~ " * " ~ presence ~ " * " ~ slope ~ " * " ~ effect_sd ~ ", 2)") -}}
{% endmacro %}


{#  All parts that the stage weights add up to, as a scalar subquery. #}
{% macro all_stage_weights() %}
    {{- return("(select sum(weight) from " ~ ref('stages') ~ ")") -}}
{% endmacro %}
