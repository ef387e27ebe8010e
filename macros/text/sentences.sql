{#  What a small book compares, as the subject of a sentence, from columns comparison_type and comparison_key (the level, of
    a depth). partner_name: SQL, null where it is no partner. #}
{% macro small_book_comparison(partner_name) %}
        case comparison_type
            when 'partner' then {{ partner_name }}
            when 'depth' then 'A partner at level ' || comparison_key || ' or deeper'
            else 'A partner active after the sale'
        end
{%- endmacro %}


{#  The answer of a small book in words, from columns comparison_type, comparison, a (with, kept), b (with, lost),
    c (without, kept), d (without, lost), is_significant, fisher_p, fisher_p_adjusted and n_tried. #}
{% macro small_book_sentence() %}
        comparison
        || ' was at ' || cast(a as {{ type_text() }})
        || ' of the ' || cast(a + c as {{ type_text() }})
        || ' customers kept and at ' || cast(b as {{ type_text() }})
        || ' of the ' || cast(b + d as {{ type_text() }}) || ' lost: '
        || case
            when not is_significant
                then 'too small a difference to tell from chance'
            when a * d >= b * c
                then 'more often at those kept than chance would have it'
            else 'more often at those lost than chance would have it'
        end
        || ' (p = ' || {{ three_decimals('fisher_p') }} || ', one-sided'
        || case
            when n_tried = 1 then ').'
            else '; '
                || cast(n_tried as {{ type_text() }})
                || case comparison_type when 'depth' then ' levels' else ' partners' end
                || ' tried, which makes it '
                || {{ three_decimals('fisher_p_adjusted') }} || ').'
        end
{%- endmacro %}


{#  What a person is called where nobody is to be named: role, level and organisation (SQL, each may be null). #}
{% macro person_label(role, seniority, office) %}
        case
            when {{ role }} = 'other' or {{ role }} is null then coalesce(nullif(replace({{ seniority }}, '_', '-'), 'other'), 'person')
            else case {{ role }} when 'board' then 'board member' else replace({{ role }}, '_', ' ') end
                || coalesce(' (' || nullif(replace({{ seniority }}, '_', '-'), 'other') || ')', '')
        end || coalesce(' at ' || {{ office }}, ' of no known organisation')
{%- endmacro %}
