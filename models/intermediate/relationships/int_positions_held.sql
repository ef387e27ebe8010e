-- Question: when did each record of a person hold good? Grain: record that counts.
-- Undated records only say that somebody was there, and count where no dated one does.
-- An end that one source states also ends what a source no more trusted never ends.
with

records as (

    select
        members.person_key,
        records.record_key,
        records.source,
        records.organisation_key,
        records.title,
        records.seniority,
        records.role,
        records.trust_rank,
        records.seen_at,
        records.started_at,
        records.ended_at,
        max(case
            when coalesce(records.started_at, records.ended_at) is null then 0
            else 1
        end) over (
            partition by members.person_key, records.organisation_key
        ) as has_dated
    from {{ ref('stg_person_members') }} as members
    inner join {{ ref('stg_person_records') }} as records
        on members.record_key = records.record_key
    where records.organisation_key is not null

),

dated as (

    select *
    from records
    where coalesce(started_at, ended_at) is not null or has_dated = 0

),

ends_elsewhere as (

    select lasting.record_key, min(ended.ended_at) as ended_at
    from dated as lasting
    inner join dated as ended
        on lasting.person_key = ended.person_key
        and lasting.organisation_key = ended.organisation_key
        and lasting.source <> ended.source
        and lasting.trust_rank >= ended.trust_rank
        and (lasting.started_at is null or lasting.started_at <= ended.ended_at)
    where lasting.ended_at is null
    group by lasting.record_key

),

final as (

    select
        dated.record_key,
        dated.person_key,
        dated.organisation_key,
        dated.title,
        dated.seniority,
        dated.role,
        dated.trust_rank,
        dated.seen_at,
        dated.started_at,
        coalesce(dated.ended_at, ends_elsewhere.ended_at) as ended_at
    from dated
    left join ends_elsewhere on dated.record_key = ends_elsewhere.record_key

)

select * from final
