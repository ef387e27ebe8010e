-- Question: what does a unit of each price cost, and how often a year? Grain: price.
-- Stripe keeps a price also as a plan of the same id; the one with an amount wins.
{%- set decimal_text = '^[0-9]{1,12}([.][0-9]{1,12})?$' %}
with

priced as (

    select
        connection,
        id,
        product_id,
        unit_amount_decimal,
        unit_amount,
        currency,
        recurring_interval as billing_interval,
        recurring_interval_count as interval_count,
        recurring_usage_type as usage_type,
        1 as table_order,
        {{ version_order(['id']) }} as version_rank
    from {{ ref('base_stripe__price') }}
    union all
    select
        connection,
        id,
        product_id,
        amount_decimal as unit_amount_decimal,
        amount as unit_amount,
        currency,
        billing_interval,
        interval_count,
        usage_type,
        2 as table_order,
        {{ version_order(['id']) }} as version_rank
    from {{ ref('base_stripe__plan') }}

),

ranked as (

    select
        priced.*,
        row_number() over (
            partition by connection, id
            order by
                case
                    when coalesce(unit_amount_decimal, unit_amount) is null then 1
                    else 0
                end,
                table_order
        ) as preference
    from priced
    where version_rank = 1

),

products as (

    select
        connection,
        id,
        name,
        {{ version_order(['id']) }} as version_rank
    from {{ ref('base_stripe__product') }}

),

final as (

    select
        ranked.connection,
        ranked.id as price_id,
        products.name as product,
        upper(ranked.currency) as currency,
        ranked.usage_type,
        intervals.periods_per_year,
        cast(coalesce(ranked.interval_count, '1') as integer) as interval_count,
        case
            when {{ regex_match('ranked.unit_amount_decimal', decimal_text) }}
                then cast(ranked.unit_amount_decimal as decimal(24, 12))
            when {{ regex_match('ranked.unit_amount', decimal_text) }}
                then cast(ranked.unit_amount as decimal(24, 12))
        end as unit_amount
    from ranked
    left join products
        on ranked.connection = products.connection
        and ranked.product_id = products.id
        and products.version_rank = 1
    left join {{ ref('billing_intervals') }} as intervals
        on lower(ranked.billing_interval) = intervals.billing_interval
    where ranked.preference = 1

)

select * from final
