{#  What one of several coverages leaves open, as a logarithm that can be summed: ln(1 - coverage); 0 where it covers the whole,
    which is counted apart. coverage: SQL, in [0, 1]. #}
{% macro log_open(coverage) %}
    {%- set coverage = "(" ~ coverage ~ ")" -%}
    {{- return("case when " ~ coverage ~ " < 1 then ln(1 - " ~ coverage ~ ") when " ~ coverage ~ " >= 1 then 0 end") -}}
{% endmacro %}


{#  Coverages that are independent of each other in one: 1 - product of (1 - coverage), in [0, 1]. n_whole: how many cover the
    whole; sum_log_open: sum of log_open of all (SQL).
    Source: the noisy-or of independent causes; Pearl, Probabilistic Reasoning in Intelligent Systems, 1988, 4.3. #}
{% macro combined_coverage(n_whole, sum_log_open) %}
    {{- return("(case when " ~ n_whole ~ " > 0 then 1 else 1 - exp(" ~ sum_log_open ~ ") end)") -}}
{% endmacro %}
