-- Question: which companies were merged into which? Grain: merged company.
with

merged as (

    select *
    from {{ ref('stg_hubspot__merges') }}
    where record_kind = 'company'

),

known as (

    select distinct connection, company_id
    from {{ ref('stg_hubspot__companies') }}

),

joined as (

    select merged.*
    from merged
    inner join known
        on merged.connection = known.connection and merged.merged_id = known.company_id

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
