-- Question: which rows were refused, and why? Grain: rejected row of any stream.
with

rejected as (

    {% for stream in contract() if stream != 'version' -%}
    select
        '{{ stream }}' as stream,
        source,
        {{ 'source_id' if 'key' not in contract()[stream] else 'account_id' }}
            as source_id,
        reject_reason,
        row_file,
        row_number
    from {{ ref('stg_' ~ stream ~ '__checked') }}
    where reject_reason is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from rejected
