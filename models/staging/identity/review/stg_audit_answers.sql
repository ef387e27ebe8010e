-- Question: what did people find when they looked whether a record stands on the right
-- account, and for how many records does each answer speak? Grain: audited record. An
-- answer is outdated, and speaks for none, once the record resolves elsewhere.
with

audited_records as (

    select * from {{ ref('audited_records') }}

),

members as (

    select stream, source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}

),

compared as (

    select
        audited_records.stream,
        audited_records.source,
        audited_records.source_id,
        audited_records.stratum,
        audited_records.stratum_size,
        audited_records.is_right = 'yes' as is_right,
        coalesce(members.organisation_key = audited_records.organisation_key, false)
            as is_current
    from audited_records
    left join members
        on audited_records.stream = members.stream
        and audited_records.source = members.source
        and audited_records.source_id = members.source_id

),

final as (

    select
        stream,
        source,
        source_id,
        stratum,
        is_right,
        is_current,
        case
            when is_current
                then
                    cast(stratum_size as {{ type_double() }})
                    / count(*) over (partition by stratum, is_current)
            else 0
        end as weight
    from compared

)

select * from final
