-- Question: who worked where, from when to when? Grain: person, organisation and span.
-- Records that overlap or touch are one span; title, seniority and role come from the
-- most trusted source, the newest of its records first.
{% set attributes = ['title', 'seniority', 'role'] %}
with

held as (

    select * from {{ ref('int_positions_held') }}

),

numbered as (

    select
        held.*,
        row_number() over (
            partition by person_key, organisation_key
            order by
                case when started_at is null then 0 else 1 end, started_at, record_key
        ) as held_order
    from held

),

followed as (

    select
        numbered.*,
        max(case when ended_at is null then 1 else 0 end) over (
            partition by person_key, organisation_key order by held_order
            rows between unbounded preceding and 1 preceding
        ) as is_within,
        max(ended_at) over (
            partition by person_key, organisation_key order by held_order
            rows between unbounded preceding and 1 preceding
        ) as ended_before
    from numbered

),

opened as (

    select
        followed.*,
        case
            when is_within = 1 then 0
            when started_at is null and ended_before is not null then 0
            when cast(started_at as date) <= {{ add_days('ended_before', 1) }} then 0
            else 1
        end as opens_span
    from followed

),

spans as (

    select
        opened.*,
        sum(opens_span) over (
            partition by person_key, organisation_key order by held_order
            rows between unbounded preceding and current row
        ) as span_number
    from opened

),

ranked as (

    select
        spans.*,
        row_number() over (
            partition by person_key, organisation_key, span_number
            order by
                trust_rank asc,
                case when started_at is null then 1 else 0 end asc,
                started_at desc,
                record_key asc
        ) as rank_in_span
    from spans

),

trusted as (

    select
        {% for name in attributes -%}
        min(case when {{ name }} is not null then rank_in_span end) over (
            partition by person_key, organisation_key, span_number
        ) as rank_of_{{ name }},
        {% endfor -%}
        ranked.*
    from ranked

),

final as (

    select
        {{ surrogate_key([
            "'position'", 'person_key', 'organisation_key', 'span_number'
        ]) }} as position_key,
        person_key,
        organisation_key,
        min(started_at) as started_at,
        case
            when max(case when ended_at is null then 1 else 0 end) = 0
                then max(ended_at)
        end as ended_at,
        max(case when ended_at is null then 1 else 0 end) = 1 as is_current,
        {% for name in attributes -%}
        max(case when rank_in_span = rank_of_{{ name }} then {{ name }} end)
            as {{ name }},
        {% endfor -%}
        max(seen_at) as seen_at,
        count(*) as n_records
    from trusted
    group by person_key, organisation_key, span_number

)

select * from final
