-- Question: which periods of which subscription item were billed or credited?
-- Grain: invoice line of a subscription item, newest version. A credit, or a bill that
-- no longer stands, is no period that was paid.
with

lines as (

    select
        lines.*,
        {{ version_order(['invoice_id', 'id']) }} as version_rank
    from {{ ref('base_stripe__invoice_line_item') }} as lines

),

invoices as (

    select
        invoices.*,
        {{ version_order(['id']) }} as version_rank
    from {{ ref('base_stripe__invoice') }} as invoices

),

final as (

    select
        lines.connection,
        lines.subscription_item_id as item_id,
        coalesce(lines.subscription_id, items.subscription_id) as subscription_id,
        invoices.customer_id,
        lines.invoice_id,
        lines.id as line_id,
        coalesce(lines.price_id, lines.plan_id) as price_id,
        lines.quantity,
        {{ read_number('lines.amount') }} as amount,
        upper(lines.currency) as currency,
        {{ read_moment('lines.period_start') }} as started_at,
        {{ read_moment('lines.period_end') }} as term_end,
        coalesce(lower(lines.proration) = 'true', false) as is_proration,
        coalesce(
            lower(lines.proration) = 'true' and lines.amount like '-%', false
        ) as is_credit,
        coalesce(
            lower(lines.livemode) = 'false'
            or lower(invoices.livemode) = 'false'
            or lower(invoices.is_deleted) = 'true'
            or lower(invoices.is_removed) = 'true'
            or lower(lines.is_removed) = 'true'
            or {{ translated(
                'stripe', 'subscriptions.is_deleted', 'invoices.status', "'false'"
            ) }} = 'true',
            false
        ) as is_withdrawn,
        lines.row_file,
        lines.row_number
    from lines
    left join invoices
        on lines.connection = invoices.connection
        and lines.invoice_id = invoices.id
        and invoices.version_rank = 1
    left join {{ ref('stg_stripe__items') }} as items
        on lines.connection = items.connection
        and lines.subscription_item_id = items.item_id
    where lines.version_rank = 1 and lines.subscription_item_id is not null

)

select * from final
