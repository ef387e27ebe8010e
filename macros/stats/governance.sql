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


{#  What one bin adds to the chi-square statistic of the test that two samples have the same shares. n, other_n: rows of the
    two samples in the bin, total and other_total: in all bins (SQL; the bin holds at least one row).
    Source: Pearson, On the probability that two independent distributions of frequency are really samples from the same
    population, 1911. #}
{% macro homogeneity_term(n, total, other_n, other_total) %}
    {%- set type = type_double() -%}
    {%- set n, total = "cast(" ~ n ~ " as " ~ type ~ ")", "cast(" ~ total ~ " as " ~ type ~ ")" -%}
    {%- set other_n, other_total = "cast(" ~ other_n ~ " as " ~ type ~ ")", "cast(" ~ other_total ~ " as " ~ type ~ ")" -%}
    case
        when {{ total }} > 0 and {{ other_total }} > 0 and {{ n }} + {{ other_n }} > 0
            then ({{ n }} / {{ total }} - {{ other_n }} / {{ other_total }})
                * ({{ n }} / {{ total }} - {{ other_n }} / {{ other_total }})
                * {{ total }} * {{ other_total }} / ({{ n }} + {{ other_n }})
    end
{%- endmacro %}


{#  Probability that a chi-square variable of df degrees of freedom is larger than x. x, df: SQL, x at least 0. Exact (to
    1e-7) for df 1 and 2; above, the cube root of x/df taken as normal: within 0.006 of the truth for df 3, 0.004 for more,
    and 0.0002 where the truth is 0.01. Null where df is below 1.
    Source: Wilson & Hilferty, The distribution of chi-square, 1931. #}
{% macro chi_square_tail(x, df) %}
    {%- set x = "cast(" ~ x ~ " as " ~ type_double() ~ ")" -%}
    {%- set df = "cast(" ~ df ~ " as " ~ type_double() ~ ")" -%}
    {#- a plain 1 / 3.0 is a decimal of few places on Spark #}
    {%- set third = "cast(1 as " ~ type_double() ~ ") / 3" -%}
    {%- set z = "((power(" ~ x ~ " / " ~ df ~ ", " ~ third ~ ") - 1 + 2 / (9 * " ~ df ~ ")) / sqrt(2 / (9 * " ~ df ~ ")))" -%}
    case
        when {{ df }} < 1 then null
        when {{ df }} < 2 then 2 * {{ normal_tail("sqrt(" ~ x ~ ")") }}
        when {{ df }} < 3 then exp(-0.5 * least({{ x }}, 1400))
        else {{ normal_tail(z) }}
    end
{%- endmacro %}


{#  How far the shares of bins have moved from what they were, one row a group, as CTEs.
    bins: a CTE with the columns of keys (a list), one row a bin; n: its rows now, before: its rows in the sample before,
    effective: so many independent rows are those worth (SQL, columns of bins). A bin that is empty in both must not be there.
    Gives CTEs that end in `name`: keys, n, n_before, n_effective, psi (see psi_term, half a row added to each bin) and p_value
    (chi-square test of homogeneity on n and effective). #}
{% macro population_shifts(bins, keys, n, before, effective, name='shifts') %}
{%- set group = keys | join(', ') -%}
{{ name }}_sized as (

    select
        {{ bins }}.*,
        {{ effective }} as effective,
        count(*) over (partition by {{ group }}) as n_bins,
        sum({{ n }}) over (partition by {{ group }}) as all_n,
        sum({{ before }}) over (partition by {{ group }}) as all_before,
        sum({{ effective }}) over (partition by {{ group }}) as all_effective
    from {{ bins }}

),

{{ name }}_terms as (

    select
        {{ name }}_sized.*,
        {{ steadied_share(n, 'all_n', 'n_bins') }} as share,
        {{ steadied_share(before, 'all_before', 'n_bins') }} as share_before,
        {{ homogeneity_term(n, 'all_n', 'effective', 'all_effective') }} as chi_square
    from {{ name }}_sized

),

{{ name }}_sums as (

    select
        {{ group }},
        min(all_n) as n,
        min(all_before) as n_before,
        min(all_effective) as n_effective,
        min(n_bins) - 1 as df,
        sum({{ psi_term('share', 'share_before') }}) as psi,
        sum(chi_square) as chi_square
    from {{ name }}_terms
    group by {{ group }}

),

{{ name }} as (

    select
        {{ name }}_sums.*,
        {{ chi_square_tail('chi_square', 'df') }} as p_value
    from {{ name }}_sums

)
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


{#  Information value of a binned signal, and what chance alone would show, as CTEs.
    counts: a CTE with the columns of keys (a list), outcome (0 or 1), bin, cluster (one name) and n (rows, a double).
    Gives CTEs that end in `name`, one row a keys that has both outcomes: n_rows, n_events (rows of outcome 1), n_clusters and
    n_event_clusters (accounts with a row of outcome 0, of outcome 1), information_value (sum over bins of (share among
    events - share among others) x ln of their ratio; half a row is added to a bin, see steadied_share) and chance_value.

    chance_value is the mean of the information value of a signal that tells nothing: with independent rows it is
    (bins - 1)(1/n events + 1/n others), because to the second order the value is a chi-square over the numbers of rows. Rows
    of one account are alike, so the shares of the bins vary more: with p the share of a bin in all rows, n_ab the rows of
    account a in it and n_a all its rows, their variance is sum over a of (n_ab - p n_a)^2 / n^2, and the chance value is
    the sum over bins of the variances of both outcomes over p.
    Sources: Kullback, Information theory and statistics, 1959; Siddiqi, Intelligent credit scoring, 2017; Rao & Scott, The
    analysis of categorical data from complex sample surveys, 1981. #}
{% macro information_values(counts, keys, cluster, name='information_values') %}
{%- set group = keys | join(', ') -%}
{{ name }}_sized as (

    select
        {{ counts }}.*,
        sum(n) over (partition by {{ group }}, outcome, {{ cluster }}) as cluster_rows,
        row_number() over (partition by {{ group }}, outcome, {{ cluster }} order by bin) as bin_order
    from {{ counts }}

),

{{ name }}_bins as (

    select
        {{ group }},
        outcome,
        bin,
        sum(n) as n,
        sum(n * n) as squares,
        sum(n * cluster_rows) as products
    from {{ name }}_sized
    group by {{ group }}, outcome, bin

),

{{ name }}_totals as (

    select
        {{ group }},
        sum(case when outcome = 1 then n else 0 end) as n_events,
        sum(case when outcome = 0 then n else 0 end) as n_others,
        sum(case when outcome = 1 and bin_order = 1 then 1 else 0 end) as n_event_clusters,
        sum(case when outcome = 0 and bin_order = 1 then 1 else 0 end) as n_clusters,
        sum(case when outcome = 1 and bin_order = 1 then cluster_rows * cluster_rows else 0 end) as event_squares,
        sum(case when outcome = 0 and bin_order = 1 then cluster_rows * cluster_rows else 0 end) as other_squares
    from {{ name }}_sized
    group by {{ group }}

),

{{ name }}_pairs as (

    select
        {{ group }},
        bin,
        count(*) over (partition by {{ group }}) as n_bins,
        sum(case when outcome = 1 then n else 0 end) as n_events,
        sum(case when outcome = 0 then n else 0 end) as n_others,
        sum(n) as n,
        sum(case when outcome = 1 then squares else 0 end) as event_squares,
        sum(case when outcome = 0 then squares else 0 end) as other_squares,
        sum(case when outcome = 1 then products else 0 end) as event_products,
        sum(case when outcome = 0 then products else 0 end) as other_products
    from {{ name }}_bins
    group by {{ group }}, bin

),

{{ name }}_shares as (

    select
        pairs.*,
        totals.n_events as all_events,
        totals.n_others as all_others,
        totals.n_event_clusters,
        totals.n_clusters,
        totals.event_squares as all_event_squares,
        totals.other_squares as all_other_squares,
        pairs.n / (totals.n_events + totals.n_others) as share,
        {{ steadied_share('pairs.n_events', 'totals.n_events', 'pairs.n_bins') }} as event_share,
        {{ steadied_share('pairs.n_others', 'totals.n_others', 'pairs.n_bins') }} as other_share
    from {{ name }}_pairs as pairs
    inner join {{ name }}_totals as totals
        on {% for key in keys %}{{ 'and ' if not loop.first }}pairs.{{ key }} = totals.{{ key }} {% endfor %}
    where totals.n_events > 0 and totals.n_others > 0

),

{{ name }} as (

    select
        {{ group }},
        min(all_events + all_others) as n_rows,
        min(all_events) as n_events,
        min(n_clusters) as n_clusters,
        min(n_event_clusters) as n_event_clusters,
        sum({{ psi_term('event_share', 'other_share') }}) as information_value,
        sum((
            (event_squares - 2 * share * event_products + share * share * all_event_squares)
            / (all_events * all_events)
            + (other_squares - 2 * share * other_products + share * share * all_other_squares)
            / (all_others * all_others)
        ) / share) as chance_value
    from {{ name }}_shares
    group by {{ group }}

)
{%- endmacro %}


{#  Variance of a mean, of the number of rows, their sum and the sum of their squares (SQL), rows being independent. #}
{% macro mean_variance(n, total, squares) %}
    {%- set n = "cast(" ~ n ~ " as " ~ type_double() ~ ")" -%}
    greatest(0, {{ squares }} - {{ total }} * {{ total }} / {{ n }}) / (({{ n }} - 1) * {{ n }})
{%- endmacro %}
