-- Question: since when does each stream, and each family of signals, tell anything?
-- Grain: one row. From then on nothing recorded means that nothing happened; before,
-- and in a stream never connected, it is unknown. Undated rows always told.
{% set streams = [
    'opportunities', 'opportunity_people', 'touches', 'relationships', 'setup_events',
    'tickets', 'feedback'
] %}
{% set families = contract()['signals']['columns']['family']['values'] %}
with

starts as (

    {% for stream in streams -%}
    select
        '{{ stream }}' as part,
        min(coalesce(
            cast({{ contract()[stream]['at'] }} as date), cast('1900-01-01' as date)
        )) as from_date
    from {{ ref('stg_' ~ stream) }}
    union all
    {% endfor -%}
    select family as part, min(cast(occurred_at as date)) as from_date
    from {{ ref('stg_signals') }}
    group by family

),

final as (

    select
        {% for part in streams + families -%}
        max(case when part = '{{ part }}' then from_date end) as {{ part }}_from_date,
        {% endfor -%}
        count(*) as n_parts
    from starts

)

select * from final
