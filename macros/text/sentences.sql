{#  The answer of a small book in words, from columns partner_name, a (with, kept), b (with, lost), c (without, kept),
    d (without, lost), is_significant, fisher_p, fisher_p_adjusted and n_tried. #}
{% macro small_book_sentence() %}
        partner_name
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
                || ' partners tried, which makes it '
                || {{ three_decimals('fisher_p_adjusted') }} || ').'
        end
{%- endmacro %}
