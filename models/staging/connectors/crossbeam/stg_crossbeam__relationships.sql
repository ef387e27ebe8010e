-- Question: with which partners do accounts overlap, and since when does one not share
-- it? Grain: spell in one state. Absence from a load means that the partner does not
-- share the account, never that there is no tie.
with

spells as (

    select
        spells.*,
        lead(started_day) over (
            partition by connection, partner_id, record_id order by spell_number
        ) as next_started_day
    from {{ ref('stg_crossbeam__spells') }} as spells

),

states as (

    select
        connection,
        partner_id,
        record_id,
        visibility,
        cast(started_day as {{ type_text() }}) as started_at,
        cast(ended_day as {{ type_text() }}) as ended_at,
        row_file
    from spells
    union all
    select
        connection,
        partner_id,
        record_id,
        'not_shared' as visibility,
        cast(ended_day as {{ type_text() }}) as started_at,
        cast(next_started_day as {{ type_text() }}) as ended_at,
        row_file
    from spells
    where ended_day is not null
        and (next_started_day is null or next_started_day > ended_day)
    union all
    -- a load whose day cannot be read, for the contract to refuse
    select distinct
        connection,
        coalesce(_partner_organization_id, '') as partner_id,
        coalesce(_record_id, '') as record_id,
        'unknown' as visibility,
        coalesce(loaded_at, 'no time') as started_at,
        cast(null as {{ type_text() }}) as ended_at,
        row_file
    from {{ ref('base_crossbeam__partner_account') }}
    where {{ read_date("coalesce(loaded_at, '')") }} is null

),

accounts as (

    select source, source_id
    from {{ ref('stg_known_records') }}
    where stream = 'accounts' and id_order = 1

),

located as (

    select
        states.*,
        states.partner_id || '|' || states.record_id || '|' || states.started_at
            as spell_id,
        accounts.source as account_source,
        cast(null as {{ dbt.type_bigint() }}) as row_number
    from states
    left join accounts on states.record_id = accounts.source_id

),

final as (

    select
        {{ stream_row('relationships', {
            'source': 'connection',
            'source_id': 'spell_id',
            'kind': "'overlap'",
            'from_type': "'partner'",
            'from_id': 'partner_id',
            'to_type': "'account'",
            'to_id': 'record_id',
            'to_source': 'account_source',
            'started_at': 'started_at',
            'ended_at': 'ended_at',
            'visibility': 'visibility',
            'updated_at': 'coalesce(ended_at, started_at)',
        }) }}
    from located

)

select * from final
