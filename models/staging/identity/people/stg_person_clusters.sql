-- Question: which records of people hang together?
-- Grain: record (node_key), with its component_key. The query gives the edges; the
-- materialisation follows them until nothing changes.
{{ config(materialized='connected_components') }}
with

records as (

    select record_key from {{ ref('stg_person_records') }}

),

edges as (

    select record_key, other_record_key from {{ ref('stg_person_edges') }}

),

final as (

    select record_key as from_key, record_key as to_key from records
    union all
    select record_key as from_key, other_record_key as to_key from edges
    union all
    select other_record_key as from_key, record_key as to_key from edges

)

select * from final
