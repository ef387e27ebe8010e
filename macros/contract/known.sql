{#  A CTE of the deals that some system knows, to look up an id that another system names: source, source_id and id_order
    (1 is the most trusted source of those that use the id). #}
{% macro known_opportunities() %}
known_opportunities as (

    select
        known.source,
        known.source_id,
        row_number() over (
            partition by known.source_id
            order by
                coalesce(source_trust.rank, {{ rule('source_trust_default') }}),
                known.source
        ) as id_order
    from (
        select distinct source, source_id
        from {{ ref('stg_opportunities__checked') }}
        where reject_reason is null
    ) as known
    left join {{ ref('source_trust') }} as source_trust
        on known.source = source_trust.source

)
{%- endmacro %}
