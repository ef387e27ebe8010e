-- Question: what hangs on each record, so that the matches worth a person's time come
-- first? Grain: record of an organisation. ARR is that of paid terms that run on the
-- day of the build.
with

records as (

    select record_key, stream, source, source_id
    from {{ ref('stg_organisation_records') }}

),

signal_counts as (

    select
        record_stream,
        record_source,
        record_id,
        sum(n_signals) as n_signals
    from {{ ref('stg_signal_counts') }}
    group by record_stream, record_source, record_id

),

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

terms as (

    select
        subscriptions.account_source,
        subscriptions.account_id,
        sum(subscriptions.arr) as arr
    from {{ ref('stg_subscriptions') }} as subscriptions
    cross join as_of
    where coalesce(subscriptions.status, 'active') <> 'trial'
        and (
            coalesce(subscriptions.ended_at, subscriptions.term_end) is null
            or cast(
                coalesce(subscriptions.ended_at, subscriptions.term_end) as date
            ) > as_of.as_of_date
        )
    group by subscriptions.account_source, subscriptions.account_id

),

final as (

    select
        records.record_key,
        {{ whole('coalesce(signal_counts.n_signals, 0)') }} as n_signals,
        cast(coalesce(terms.arr, 0) as {{ type_double() }}) as arr
    from records
    left join signal_counts
        on records.stream = signal_counts.record_stream
        and records.source = signal_counts.record_source
        and records.source_id = signal_counts.record_id
    left join terms
        on records.stream = 'accounts'
        and records.source = terms.account_source
        and records.source_id = terms.account_id

)

select * from final
