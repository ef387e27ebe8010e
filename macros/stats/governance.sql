{#  A term of the population stability index: what one bin adds. actual_share, expected_share: SQL, shares above 0. The index
    is the sum over bins.
    Sources: Lewis, An introduction to credit scoring, 1992; Siddiqi, Credit risk scorecards, 2006; it is Jeffreys'
    divergence (Kullback & Leibler, On information and sufficiency, 1951). #}
{% macro psi_term(actual_share, expected_share) %}
    {%- set actual, expected = "(" ~ actual_share ~ ")", "(" ~ expected_share ~ ")" -%}
    ({{ actual }} - {{ expected }}) * ln({{ actual }} / {{ expected }})
{%- endmacro %}


{#  The share of a bin, with half a row added to each bin, so that an empty one has a logarithm. n, total, bins: SQL.
    Source: Haldane, The estimation and significance of the logarithm of a ratio of frequencies, 1956. #}
{% macro steadied_share(n, total, bins) %}
    {{- return("((" ~ n ~ ") + 0.5) / cast((" ~ total ~ ") + 0.5 * (" ~ bins ~ ") as " ~ type_double() ~ ")") -}}
{% endmacro %}


{#  Probability that a chi-square variable of df degrees of freedom is larger than x. x, df: SQL, x at least 0. Exact (to
    1e-7) for df 1 and 2; above, the cube root of x/df taken as normal, within 0.0014 of the truth for df 3 and closer for
    more. Null where df is below 1.
    Source: Wilson & Hilferty, The distribution of chi-square, 1931. #}
{% macro chi_square_tail(x, df) %}
    {%- set x = "cast(" ~ x ~ " as " ~ type_double() ~ ")" -%}
    {%- set df = "cast(" ~ df ~ " as " ~ type_double() ~ ")" -%}
    {%- set z = "((power(" ~ x ~ " / " ~ df ~ ", 1 / 3.0) - 1 + 2 / (9 * " ~ df ~ ")) / sqrt(2 / (9 * " ~ df ~ ")))" -%}
    case
        when {{ df }} < 1 then null
        when {{ df }} < 2 then 2 * {{ normal_tail("sqrt(" ~ x ~ ")") }}
        when {{ df }} < 3 then exp(-0.5 * least({{ x }}, 1400))
        else {{ normal_tail(z) }}
    end
{%- endmacro %}


{#  Half the width of the interval of a ratio of two sums over independent units (an account's ARR kept and its ARR at the
    start). n, and the sums of the upper and lower figures, of their squares and of their products; z: SQL. Null where there
    is one unit, or the lower sum is not above 0.
    Source: Cochran, Sampling techniques, 3rd ed., 1977, sec. 6.3 (linearised ratio estimator). #}
{% macro ratio_half_width(n, upper, lower, upper_squares, products, lower_squares, z) %}
    {%- set ratio = "((" ~ upper ~ ") / (" ~ lower ~ "))" -%}
    {%- set squares = "((" ~ upper_squares ~ ") - 2 * " ~ ratio ~ " * (" ~ products ~ ") + " ~ ratio ~ " * " ~ ratio ~ " * (" ~ lower_squares ~ "))" -%}
    case
        when ({{ n }}) > 1 and ({{ lower }}) > 0
            then {{ z }} * sqrt(greatest(0, {{ squares }}) * ({{ n }}) / (({{ n }}) - 1.0)) / ({{ lower }})
    end
{%- endmacro %}


{#  A bound of an interval (SQL) held within what the figure can be; null stays null, which `least` would not see. #}
{% macro held_within(bound, least, most=none) %}
    case
        when ({{ bound }}) < {{ least }} then {{ least }}
        {% if most is not none -%}
        when ({{ bound }}) > {{ most }} then {{ most }}
        {% endif -%}
        else {{ bound }}
    end
{%- endmacro %}


{#  How much more often an outcome meets those flagged than comparable ones, as CTEs.
    cases: a CTE with the columns of keys (a list), stratum, cluster_key, is_flagged (1, 0) and outcome (0 to 1); least: SQL,
    how many not flagged a stratum must have to count; z: SQL.
    Gives CTEs that end in `name`, one row a keys: n (flagged rows in strata that count), flagged_rate, expected_rate (of
    the not flagged, strata weighted as the flagged are), lift (their ratio; null where the expected rate is 0), lower and
    upper (null where nobody flagged had the outcome). The interval is that of the logarithm of the ratio, by linearisation,
    summed by cluster, so that rows of one cluster may depend on each other.
    Sources: Miettinen, Standardization of risk ratios, 1972; Binder, On the variances of asymptotically normal estimators
    from complex surveys, 1983. #}
{% macro matched_lift(cases, keys, least, z, name='lifts') %}
{%- set group = keys | join(', ') -%}
{{ name }}_strata as (

    select
        {{ group }},
        stratum,
        sum(is_flagged) as n_flagged,
        sum(1 - is_flagged) as n_others,
        cast(sum(is_flagged * outcome) as {{ type_double() }}) as flagged_outcomes,
        sum((1 - is_flagged) * outcome)
        / cast(nullif(sum(1 - is_flagged), 0) as {{ type_double() }}) as others_rate
    from {{ cases }}
    group by {{ group }}, stratum
    having sum(1 - is_flagged) >= {{ least }} and sum(is_flagged) > 0

),

{{ name }}_sums as (

    select
        {{ group }},
        sum(n_flagged) as n,
        sum(flagged_outcomes) as flagged_outcomes,
        sum(n_flagged * others_rate) as expected_outcomes
    from {{ name }}_strata
    group by {{ group }}

),

{{ name }}_clusters as (

    select
        {% for key in keys %}strata.{{ key }}, {% endfor %}
        cases.cluster_key,
        sum(case
            when cases.is_flagged = 1
                then cases.outcome
                    - strata.others_rate * sums.flagged_outcomes / nullif(sums.expected_outcomes, 0)
            else -1 * (strata.n_flagged / cast(strata.n_others as {{ type_double() }}))
                * (cases.outcome - strata.others_rate)
                * sums.flagged_outcomes / nullif(sums.expected_outcomes, 0)
        end) as influence
    from {{ cases }} as cases
    inner join {{ name }}_strata as strata
        on cases.stratum = strata.stratum
        {%- for key in keys %} and cases.{{ key }} = strata.{{ key }}{% endfor %}
    inner join {{ name }}_sums as sums
        on {% for key in keys %}{{ 'and ' if not loop.first }}strata.{{ key }} = sums.{{ key }} {% endfor %}
    group by {% for key in keys %}strata.{{ key }}, {% endfor %}cases.cluster_key

),

{{ name }}_spreads as (

    select {{ group }}, sum(influence * influence) as influences
    from {{ name }}_clusters
    group by {{ group }}

),

{{ name }} as (

    select
        {% for key in keys %}sums.{{ key }}, {% endfor %}
        sums.n,
        sums.flagged_outcomes / sums.n as flagged_rate,
        sums.expected_outcomes / sums.n as expected_rate,
        sums.flagged_outcomes / nullif(sums.expected_outcomes, 0) as lift,
        {% for side, bound in {'-': 'lower', '+': 'upper'}.items() -%}
        case
            when sums.flagged_outcomes > 0 and sums.expected_outcomes > 0
                then sums.flagged_outcomes / sums.expected_outcomes
                    * exp({{ side }}1 * {{ z }} * sqrt(spreads.influences) / sums.flagged_outcomes)
        end as {{ bound }}{{ ',' if not loop.last }}
        {% endfor -%}
    from {{ name }}_sums as sums
    inner join {{ name }}_spreads as spreads
        on {% for key in keys %}{{ 'and ' if not loop.first }}sums.{{ key }} = spreads.{{ key }} {% endfor %}

)
{%- endmacro %}


{#  Median of a column in a group (SQL). #}
{% macro median_of(column) %}
    {{- return("percentile_cont(0.5) within group (order by " ~ column ~ ")") -}}
{% endmacro %}


{#  Days (SQL) as hours. #}
{% macro days_as_hours(days) %}
    {{- return("24 * cast(" ~ days ~ " as " ~ type_double() ~ ")") -}}
{% endmacro %}


{#  Hours (SQL) as whole days, rounded up. #}
{% macro hours_as_days(hours) %}
    {{- return("ceil((" ~ hours ~ ") / 24.0)") -}}
{% endmacro %}
