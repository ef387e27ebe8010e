-- Question: how far did each billing period of a subscription item get? Grain: period
-- that counts. A change in a period, which Stripe bills as a credit and a charge for
-- the rest, cuts it at that moment.
with

periods as (

    select * from {{ ref('stg_stripe__periods') }}
    where not is_gone and term_end > started_at

),

credits as (

    select distinct
        connection,
        item_id,
        started_at,
        price_id,
        coalesce(quantity, '') as quantity
    from periods
    where is_credit

),

{# of several charges from one moment the last change stands, not what it replaced #}
chosen as (

    select
        periods.*,
        row_number() over (
            partition by periods.connection, periods.item_id, periods.started_at
            order by
                case when credits.item_id is null then 0 else 1 end,
                case when periods.is_proration then 0 else 1 end,
                coalesce(periods.amount, 0) desc,
                periods.line_id
        ) as preference
    from periods
    left join credits
        on periods.connection = credits.connection
        and periods.item_id = credits.item_id
        and periods.started_at = credits.started_at
        and periods.price_id = credits.price_id
        and coalesce(periods.quantity, '') = credits.quantity
    where not periods.is_credit

),

moments as (

    select distinct connection, item_id, started_at from periods

),

changes as (

    select
        moments.*,
        lead(started_at) over (
            partition by connection, item_id order by started_at
        ) as next_change_at
    from moments

),

cut as (

    select
        chosen.*,
        least(chosen.term_end, coalesce(changes.next_change_at, chosen.term_end))
            as cut_at
    from chosen
    inner join changes
        on chosen.connection = changes.connection
        and chosen.item_id = changes.item_id
        and chosen.started_at = changes.started_at

),

final as (

    select
        connection,
        item_id,
        subscription_id,
        customer_id,
        invoice_id,
        line_id,
        price_id,
        quantity,
        amount,
        started_at,
        term_end,
        is_proration,
        is_credit,
        changed_at,
        row_file,
        row_number,
        product,
        currency,
        arr,
        is_trial,
        is_gone,
        preference,
        cut_at,
        case when preference = 1 then lead(started_at) over item_periods end
            as next_started_at,
        lag(is_trial) over item_periods as previous_is_trial,
        lag(arr) over item_periods as previous_arr,
        lag(quantity) over item_periods as previous_quantity,
        lag(cut_at) over item_periods as previous_cut_at
    from cut
    window item_periods as (
        partition by connection, item_id, case when preference = 1 then 1 else 2 end
        order by started_at
    )

)

select * from final
