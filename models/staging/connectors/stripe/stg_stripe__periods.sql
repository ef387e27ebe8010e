-- Question: in which periods did a subscription item run, and at what ARR? Grain:
-- period as billed, or as the item says where no bill does (trial, current period).
with

billed as (

    select * from {{ ref('stg_stripe__billed_periods') }}

),

agreements as (

    select * from {{ ref('stg_stripe__agreements') }}

),

items as (

    select
        items.*,
        agreements.trial_start,
        agreements.trial_end,
        agreements.own_status
    from {{ ref('stg_stripe__items') }} as items
    inner join agreements
        on items.connection = agreements.connection
        and items.subscription_id = agreements.subscription_id

),

told as (

    select
        items.*,
        trial_start as started_at,
        trial_end as term_end
    from items
    where trial_start < trial_end and coalesce(added_at, trial_start) < trial_end
    union all
    select
        items.*,
        greatest(current_start_at, coalesce(added_at, current_start_at)) as started_at,
        current_end_at as term_end
    from items
    where not is_removed
        and own_status <> 'paused'
        and current_start_at < current_end_at
        and (trial_end is null or current_start_at >= trial_end)

),

unbilled as (

    select told.*
    from told
    left join billed
        on told.connection = billed.connection
        and told.item_id = billed.item_id
        and told.started_at < billed.term_end
        and told.term_end > billed.started_at
    where billed.item_id is null

),

periods as (

    select
        connection, item_id, subscription_id, customer_id, invoice_id, line_id,
        price_id, quantity, amount, currency, started_at, term_end, is_proration,
        is_credit, is_withdrawn, row_file, row_number,
        cast(null as {{ type_text() }}) as changed_at
    from billed
    union all
    select
        connection, item_id, subscription_id, null, null, null,
        price_id, quantity, null, null, started_at, term_end, false,
        false, false, row_file, row_number,
        changed_at
    from unbilled

),

final as (

    select
        periods.connection,
        periods.item_id,
        periods.subscription_id,
        coalesce(agreements.customer_id, periods.customer_id) as customer_id,
        periods.invoice_id,
        periods.line_id,
        periods.price_id,
        periods.quantity,
        periods.amount,
        periods.started_at,
        periods.term_end,
        periods.is_proration,
        periods.is_credit,
        periods.changed_at,
        periods.row_file,
        periods.row_number,
        prices.product,
        coalesce(periods.currency, prices.currency) as currency,
        {{ stripe_arr() }} as arr,
        coalesce(
            periods.started_at >= agreements.trial_start
            and periods.started_at < agreements.trial_end,
            false
        ) as is_trial,
        periods.is_withdrawn
        or coalesce(agreements.is_no_contract, false)
        or coalesce(periods.started_at >= agreements.ended_at, false)
        or {{ translated(
            'stripe', 'subscriptions.is_deleted', 'prices.usage_type', "'false'"
        ) }} = 'true' as is_gone
    from periods
    left join agreements
        on periods.connection = agreements.connection
        and periods.subscription_id = agreements.subscription_id
    left join {{ ref('stg_stripe__prices') }} as prices
        on periods.connection = prices.connection
        and periods.price_id = prices.price_id
    left join {{ ref('minor_units') }} as minor_units
        on minor_units.connector = 'stripe'
        and coalesce(periods.currency, prices.currency) = minor_units.currency

)

select * from final
