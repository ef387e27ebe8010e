-- Question: which records hang together?
-- Grain: record (node_key), with its component_key. The query gives the edges; the
-- materialisation follows them until nothing changes.
{{ config(materialized='connected_components') }}
with

records as (

    select record_key from {{ ref('stg_organisation_records') }}

),

links as (

    select record_key, other_record_key from {{ ref('stg_record_links') }}

),

final as (

    select record_key as from_key, record_key as to_key from records
    union all
    select record_key as from_key, other_record_key as to_key from links
    union all
    select other_record_key as from_key, record_key as to_key from links

)

select * from final
