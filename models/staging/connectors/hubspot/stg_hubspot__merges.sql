-- Question: which HubSpot record went into which? Grain: kind of record and merged id.
-- The record that stayed lists those that went into it; contacts and deals also have
-- tables of their merges. Of two merges in a row the last record that stayed counts.
with

lists as (

    {% for kind, list, changed in [
        ('company', 'property_hs_merged_object_ids', 'property_hs_lastmodifieddate'),
        ('contact', 'property_hs_merged_object_ids', 'property_lastmodifieddate'),
        ('contact', 'property_hs_calculated_merged_vids', 'property_lastmodifieddate'),
    ] -%}
    select
        connection,
        '{{ kind }}' as record_kind,
        id as survivor_id,
        {{ list }} as merged_ids,
        coalesce(version_at, {{ changed }}, synced_at) as merged_at,
        row_file,
        row_number
    from {{ ref('base_hubspot__' ~ kind) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

listed as (

    select
        lists.*,
        '["' || replace(replace(merged_ids, ' ', ''), ';', '","') || '"]' as id_array
    from lists
    where merged_ids is not null

),

listed_ids as ({{ json_elements('listed', 'id_array') }}),

stated as (

    select
        connection,
        record_kind,
        {{ dbt.split_part("replace(element, '\"', '')", "':'", 1) }} as merged_id,
        survivor_id,
        merged_at,
        row_file,
        row_number
    from listed_ids
    union all
    select
        connection,
        'contact' as record_kind,
        vid_to_merge as merged_id,
        canonical_vid as survivor_id,
        coalesce(merged_at, synced_at) as merged_at,
        row_file,
        row_number
    from {{ ref('base_hubspot__contact_merge_audit') }}
    union all
    select
        connection,
        'deal' as record_kind,
        merged_deal_id as merged_id,
        deal_id as survivor_id,
        synced_at as merged_at,
        row_file,
        row_number
    from {{ ref('base_hubspot__merged_deal') }}

),

ordered as (

    select
        stated.*,
        row_number() over (
            partition by connection, record_kind, merged_id
            order by merged_at desc, survivor_id asc
        ) as merge_order
    from stated
    where merged_id <> '' and merged_id <> survivor_id

),

final as (

    select
        ordered.connection,
        ordered.record_kind,
        ordered.merged_id,
        coalesce(later.survivor_id, ordered.survivor_id) as survivor_id,
        ordered.merged_at,
        ordered.row_file,
        ordered.row_number
    from ordered
    left join ordered as later
        on ordered.connection = later.connection
        and ordered.record_kind = later.record_kind
        and ordered.survivor_id = later.merged_id
        and later.merge_order = 1
        and ordered.merged_id <> later.survivor_id
    where ordered.merge_order = 1

)

select * from final
