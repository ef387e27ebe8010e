-- Question: which contract terms does Stripe know? Grain: version of a term. What is no
-- term (a void bill, test mode, a first payment that never came, a charge replaced in
-- the same moment) passes as deleted under its own id, from its first day on.
with

versions as (

    select
        connection,
        invoice_id,
        id as line_id,
        coalesce(version_at, synced_at) as changed_at,
        row_file,
        row_number
    from {{ ref('base_stripe__invoice_line_item') }}

),

replaced as (

    select * from {{ ref('stg_stripe__periods_cut') }}
    where preference > 1

),

listed as (

    select
        connection,
        item_id || ':' || cast(started_at as {{ type_text() }}) as source_id,
        customer_id, invoice_id, line_id, product, started_at, term_end, ended_at,
        arr, currency, quantity, status, changed_at, 'false' as is_gone,
        row_file, row_number
    from {{ ref('stg_stripe__terms') }}
    union all
    select
        connection,
        coalesce(invoice_id || ':' || line_id, item_id),
        customer_id, invoice_id, line_id, product, started_at, term_end, null,
        coalesce(arr, 0), currency, quantity, null,
        cast(started_at as {{ type_text() }}), 'true',
        row_file, row_number
    from {{ ref('stg_stripe__periods') }}
    where not is_credit and (is_gone or not coalesce(term_end > started_at, false))
    union all
    select
        connection,
        invoice_id || ':' || line_id,
        customer_id, invoice_id, line_id, product, started_at, term_end, null,
        coalesce(arr, 0), currency, quantity, null,
        cast(started_at as {{ type_text() }}), 'true',
        row_file, row_number
    from replaced

),

joined as (

    select
        listed.connection,
        listed.source_id,
        listed.customer_id,
        listed.product,
        listed.started_at,
        listed.term_end,
        listed.ended_at,
        listed.arr,
        listed.currency,
        listed.quantity,
        listed.status,
        listed.is_gone,
        case
            when listed.is_gone = 'true' then listed.changed_at
            else coalesce(versions.changed_at, listed.changed_at)
        end as changed_at,
        coalesce(versions.row_file, listed.row_file) as row_file,
        coalesce(versions.row_number, listed.row_number) as row_number
    from listed
    left join versions
        on listed.connection = versions.connection
        and listed.invoice_id = versions.invoice_id
        and listed.line_id = versions.line_id

),

final as (

    select
        {{ stream_row('subscriptions', {
            'source': 'connection',
            'source_id': 'source_id',
            'account_id': 'customer_id',
            'product': 'product',
            'started_at': 'started_at',
            'term_end': 'term_end',
            'ended_at': 'ended_at',
            'arr': 'arr',
            'currency': 'currency',
            'seats': 'quantity',
            'status': 'status',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from joined

)

select * from final
