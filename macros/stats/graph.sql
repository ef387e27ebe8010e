{#  Share of its full weight that a tie has by its depth (SQL; null: depth is not measured there, full weight): from rule
    graph_depth_floor at level 0 in equal steps to 1 at the highest level. #}
{% macro depth_weight(level) %}
    case
        when {{ level }} is null then 1
        else {{ rule('graph_depth_floor') }} + (1 - {{ rule('graph_depth_floor') }}) * {{ level }}
            / cast((select max(level) from {{ ref('depth_levels') }}) as {{ type_double() }})
    end
{%- endmacro %}


{#  Weight of a tie between two nodes, in [0, 1]: base of its type x depth x recency x evidence. level and half_life may be
    null (1 each); days since it ended or was last seen, 0 while it stands; evidence: observed, system or declared. All SQL.
    Recency: exponential decay, as credit has it. Two ties in a row weigh as their product. #}
{% macro tie_weight(base, level, days, half_life, evidence) %}
    cast({{ base }} as {{ type_double() }})
        * {{ depth_weight(level) }}
        * case when {{ half_life }} is null then 1 else {{ half_life_decay(days, half_life) }} end
        * case {{ evidence }}
            when 'observed' then {{ rule('evidence_observed') }}
            when 'system' then {{ rule('evidence_system') }}
            else {{ rule('evidence_declared') }}
        end
{%- endmacro %}


{#  Concentration of weights (Herfindahl-Hirschman index), from their sum and the sum of their squares (SQL): 1 where all
    weight is on one, 1/n where n share it alike; null without any. Source: Hirschman, The paternity of an index, 1964. #}
{% macro herfindahl(sum_weight, sum_square) %}
    {{- return("cast(" ~ sum_square ~ " / nullif(" ~ sum_weight ~ " * " ~ sum_weight ~ ", 0) as " ~ type_double() ~ ")") -}}
{% endmacro %}


{#  A select of one kind of fact for int_graph_facts: between which nodes, of which edge type, since when, until when, when
    last seen (null where it stands unseen), by what evidence and from which stream. All but type and stream are SQL. #}
{% macro graph_fact(from_key, to_key, type, started, ended, seen, evidence, stream) -%}
    select
        {{ from_key }} as from_node_key,
        {{ to_key }} as to_node_key,
        '{{ type }}' as edge_type,
        cast({{ started }} as date) as started_date,
        cast({{ ended }} as date) as ended_date,
        cast({{ seen }} as date) as last_seen_date,
        {{ evidence }} as evidence,
        false as is_restricted,
        '{{ stream }}' as stream
{%- endmacro %}


{#  A select of ways for int_path_candidates, up to its from: to which account, to which node and to whom there, on which
    second tie (verb_on and weight_on null: there is none). All are SQL. #}
{% macro path_of(legs, account_key, end_key, account_person_key, verb_on=none, weight_on=none) -%}
    select
        {{ account_key }} as account_key,
        {{ legs }}.partner_key,
        {{ legs }}.partner_person_key,
        {{ legs }}.start_key,
        {{ legs ~ '.reached_key' if verb_on else 'cast(null as ' ~ type_text() ~ ')' }} as via_key,
        {{ end_key }} as end_key,
        cast({{ account_person_key }} as {{ type_text() }}) as account_person_key,
        {{ legs }}.edge_key,
        {{ legs }}.verb,
        {{ verb_on or 'cast(null as ' ~ type_text() ~ ')' }} as verb_on,
        {{ whole('1 + 1' if verb_on else '1') }} as hops,
        {{ six_places(legs ~ '.weight * ' ~ (weight_on or '1')) }} as path_score
    from {{ legs }}
{%- endmacro %}
