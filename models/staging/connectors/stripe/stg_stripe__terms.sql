-- Question: which contract terms do billing periods make, and how did each end?
-- Grain: term. A period is a term; those of a contract that runs on are one term
-- without a planned end for as long as amount and seats stay the same.
with

agreements as (

    select * from {{ ref('stg_stripe__agreements') }}

),

items as (

    select * from {{ ref('stg_stripe__items') }}

),

periods as (

    select
        periods.*,
        agreements.ended_at as agreement_ended_at,
        agreements.cancel_at,
        coalesce(agreements.status, 'active') as agreement_status,
        coalesce(agreements.runs_on, false) and not periods.is_trial as runs_on,
        coalesce(items.is_removed, false) as is_removed,
        items.seen_at,
        items.current_start_at
    from {{ ref('stg_stripe__periods_cut') }} as periods
    left join agreements
        on periods.connection = agreements.connection
        and periods.subscription_id = agreements.subscription_id
    left join items
        on periods.connection = items.connection
        and periods.item_id = items.item_id
    where periods.preference = 1

),

{# nothing ends by a plan: only a change, an end that Stripe states, an item that is
   gone, or an open end that is no longer billed #}
ended as (

    select
        periods.*,
        case
            when
                runs_on
                and previous_cut_at >= started_at
                and not previous_is_trial
                and previous_arr = arr
                and coalesce(previous_quantity, '') = coalesce(quantity, '')
                then 0
            else 1
        end as begins_term,
        case
            when agreement_ended_at <= cut_at then agreement_ended_at
            when cut_at < term_end then cut_at
            when next_started_at is not null and runs_on then cut_at
            when next_started_at is not null then null
            when agreement_ended_at is not null then term_end
            when is_removed and term_end <= seen_at then term_end
            when runs_on and current_start_at >= term_end then term_end
        end as ended_at
    from periods

),

numbered as (

    select
        ended.*,
        sum(begins_term) over (
            partition by connection, item_id order by started_at
            rows between unbounded preceding and current row
        ) as term_number,
        coalesce(lead(begins_term) over (
            partition by connection, item_id order by started_at
        ), 1) as ends_term,
        case
            when is_trial then 'trial'
            when ended_at is not null and next_started_at is not null then 'ended'
            when next_started_at is not null then 'active'
            when agreement_ended_at is not null or is_removed or cut_at < term_end
                then 'cancelled'
            else agreement_status
        end as status,
        case
            when agreement_ended_at is null and cancel_at > started_at
                and (runs_on or cancel_at < term_end)
                then cancel_at
            when not runs_on then term_end
        end as planned_end
    from ended

),

final as (

    select
        connection,
        item_id,
        term_number,
        min(started_at) as started_at,
        max(case when ends_term = 1 then planned_end end) as term_end,
        max(case when ends_term = 1 then ended_at end) as ended_at,
        max(case when ends_term = 1 then status end) as status,
        max(customer_id) as customer_id,
        max(product) as product,
        max(arr) as arr,
        max(currency) as currency,
        max(quantity) as quantity,
        max(case when begins_term = 1 then invoice_id end) as invoice_id,
        max(case when begins_term = 1 then line_id end) as line_id,
        max(case when begins_term = 1 then changed_at end) as changed_at,
        max(case when begins_term = 1 then row_file end) as row_file,
        max(case when begins_term = 1 then row_number end) as row_number
    from numbered
    group by connection, item_id, term_number

)

select * from final
