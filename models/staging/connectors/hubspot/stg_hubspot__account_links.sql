-- Question: which companies were merged into which? Grain: merged company.
with

merges as (

    select *
    from {{ ref('stg_hubspot__merges') }}
    where record_kind = 'company'

),

known as (

    select distinct connection, company_id
    from {{ ref('stg_hubspot__companies') }}

),

joined as (

    select merges.*
    from merges
    inner join known
        on merges.connection = known.connection and merges.merged_id = known.company_id

),

final as (

    select
        {{ stream_row('account_links', {
            'source': 'connection',
            'source_id': 'merged_id',
            'account_id': 'merged_id',
            'other_source': 'connection',
            'other_id': 'survivor_id',
            'link': "'same_as'",
            'decided_by': "'merge'",
            'decided_at': 'merged_at',
            'updated_at': 'merged_at',
        }) }}
    from joined

)

select * from final
