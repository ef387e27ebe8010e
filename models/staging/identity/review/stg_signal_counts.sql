-- Question: how many rows of each stream hang on each record of an organisation?
-- Grain: source and stream of the rows, and the record they name; rows refused because
-- they name no account that is known are one row, of a record (missing).
{% set streams = [
    'touches', 'opportunities', 'milestones', 'subscriptions', 'usage', 'setup_events',
    'signals', 'tickets', 'feedback', 'needs', 'actions'
] %}
{% set partner_streams = ['touches', 'opportunity_partners', 'partner_costs'] %}
with

counted as (

    {% for stream in streams -%}
    select
        source,
        '{{ stream }}' as stream,
        'accounts' as record_stream,
        account_source as record_source,
        account_id as record_id,
        count(*) as n_signals
    from {{ ref('stg_' ~ stream) }}
    group by source, account_source, account_id
    union all
    {% endfor -%}
    {% for stream in partner_streams -%}
    select
        source,
        '{{ stream }}' as stream,
        'partners' as record_stream,
        partner_source as record_source,
        partner_id as record_id,
        count(*) as n_signals
    from {{ ref('stg_' ~ stream) }}
    where partner_id is not null
    group by source, partner_source, partner_id
    union all
    {% endfor -%}
    select
        coalesce(source, '(missing)') as source,
        stream,
        'accounts' as record_stream,
        '(missing)' as record_source,
        '(missing)' as record_id,
        count(*) as n_signals
    from {{ ref('stg_rejects') }}
    where reject_reason like 'account_id: %'
        and stream in (
            {% for stream in streams -%}
            '{{ stream }}'{{ ',' if not loop.last }}
            {% endfor -%}
        )
    group by coalesce(source, '(missing)'), stream

),

final as (

    select
        source,
        stream,
        record_stream,
        record_source,
        record_id,
        {{ whole('n_signals') }} as n_signals
    from counted

)

select * from final
