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


{#  Whether pipeline and kept customers tell different stories of a partner: overrated, underrated, agrees or insufficient.
    ranked: alias with pipeline_rank, pipeline_rank_from_below (ties last), n_partners, sourced_pipeline; retention: alias of its row
    of retention in partner_csi_stages. By the certainty of the effect, never by a gap of ranks: in a world of no effect a gap
    labels more than half of the partners. #}
{% macro paradox(ranked, retention) %}
    case
        when {{ retention }}.effect is null or {{ retention }}.evidence = 'insufficient'
            then 'insufficient'
        when
            {{ ranked }}.pipeline_rank * {{ rule('paradox_top_part') }}
            <= {{ ranked }}.n_partners
            and {{ ranked }}.sourced_pipeline > 0
            and {{ retention }}.p_below_zero >= {{ rule('paradox_probability') }}
            then 'overrated'
        when
            {{ ranked }}.pipeline_rank_from_below * {{ rule('paradox_bottom_part') }}
            > {{ ranked }}.n_partners
            and 1 - {{ retention }}.p_below_zero >= {{ rule('paradox_probability') }}
            then 'underrated'
        else 'agrees'
    end
{%- endmacro %}
