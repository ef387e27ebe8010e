{#  Tier of a readiness score (SQL, 0 to 100): A, B, C or D by rules. A feasibility (SQL, 0 to 100) below the rule
    feasibility_stall_below caps at B; one that is not known caps nothing. Null without a score. #}
{% macro readiness_tier(score, feasibility) -%}
    case
        when {{ score }} >= {{ rule('tier_a_from') }}
            and coalesce({{ feasibility }} >= {{ rule('feasibility_stall_below') }}, true)
            then 'A'
        when {{ score }} >= {{ rule('tier_b_from') }} then 'B'
        when {{ score }} >= {{ rule('tier_c_from') }} then 'C'
        when {{ score }} is not null then 'D'
    end
{%- endmacro %}


{#  Median of a number (SQL) over a group; of an even number of rows the mean of the two in the middle. #}
{% macro median(number) -%}
    percentile_cont(0.5) within group (order by cast({{ number }} as {{ type_double() }}))
{%- endmacro %}


{#  Rank of a row among all, ties sharing the mean of theirs. first_rank: rank() as SQL; n_ties: rows of the same value. #}
{% macro mid_rank(first_rank, n_ties) -%}
    ({{ first_rank }} + ({{ n_ties }} - 1) / cast(2 as {{ type_double() }}))
{%- endmacro %}


{#  Area under the ROC curve: the share of pairs of one row with and one without the outcome in which the first has the
    higher score, ties counting half. ranks: sum of the mid ranks of rows with it. Null where all or none have it.
    Source: Mann & Whitney, On a test of whether one of two random variables is stochastically larger, 1947. #}
{% macro area_under_roc(ranks, n_events, n) -%}
    ({{ ranks }} - {{ n_events }} * ({{ n_events }} + 1) / cast(2 as {{ type_double() }}))
    / nullif({{ n_events }} * ({{ n }} - {{ n_events }}), 0)
{%- endmacro %}
