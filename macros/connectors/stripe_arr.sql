{#  ARR of a period to the cent: unit amount x quantity, made annual by the price's interval. Exact up to the division by
    the number of intervals, which is rounded to the currency's smallest unit first. A price without a unit amount
    (tiers), or in another currency than the bill, counts with the amount of a full bill. Reads periods, prices and
    minor_units. #}
{% macro stripe_arr() %}
    {%- set quantity = "cast(coalesce(" ~ read_number("periods.quantity") ~ ", 1) as decimal(12, 0))" -%}
    cast(
        round(
            case
                when prices.unit_amount is not null
                    and coalesce(periods.currency, prices.currency) = prices.currency
                    then prices.unit_amount * {{ quantity }}
                when not periods.is_proration then cast(periods.amount as decimal(24, 12))
            end * prices.periods_per_year / prices.interval_count,
            0
        ) / coalesce(minor_units.units_per_major, 100)
        as decimal(18, 2)
    )
{%- endmacro %}
