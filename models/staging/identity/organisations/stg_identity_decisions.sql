-- Question: what has a person, or a system on its own authority, decided about two
-- records? Grain: decision. The seed is read with the stream; both point at records
-- that exist, other decisions wait.
with

records as (

    select record_key, stream, source, source_id
    from {{ ref('stg_organisation_records') }}

),

stated as (

    select
        'accounts' as stream,
        account_source as source,
        account_id as source_id,
        cast(null as {{ type_text() }}) as other_stream,
        other_source,
        other_id,
        link as decision,
        decided_by,
        cast(decided_at as {{ dbt.type_timestamp() }}) as decided_at,
        'stated_link' as rule
    from {{ ref('stg_account_links') }}
    union all
    select
        stream,
        source,
        source_id,
        other_stream,
        other_source,
        other_id,
        decision,
        decided_by,
        cast(decided_at as {{ dbt.type_timestamp() }}) as decided_at,
        'human_decision' as rule
    from {{ ref('identity_decisions') }}

),

final as (

    select distinct
        one.record_key,
        other.record_key as other_record_key,
        stated.decision,
        stated.rule,
        stated.decided_at,
        coalesce(stated.decided_by, stated.source) as evidence
    from stated
    inner join records as one
        on stated.stream = one.stream
        and stated.source = one.source
        and stated.source_id = one.source_id
    inner join records as other
        on coalesce(stated.other_stream, other.stream) = other.stream
        and stated.other_source = other.source
        and stated.other_id = other.source_id
    where one.record_key <> other.record_key

)

select * from final
