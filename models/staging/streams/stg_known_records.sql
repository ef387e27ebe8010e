-- Question: which records of organisations do the systems know, to look up an id or a
-- domain? Grain: record of the streams accounts and partners. Newest version whatever
-- the day, deleted ones too: what refers to one shares its fate.
with

accounts as (

    select * from {{ ref('stg_accounts__checked') }}

),

partners as (

    select * from {{ ref('stg_partners__checked') }}

),

domains as (

    select host, registrable_domain from {{ ref('stg_registrable_domains') }}

),

versions as (

    select
        'accounts' as stream,
        source,
        source_id,
        name,
        domain,
        coalesce(account_type = 'own', false) as is_own,
        is_deleted,
        updated_at,
        row_number,
        row_file
    from accounts
    where reject_reason is null
    union all
    select
        'partners' as stream,
        source,
        source_id,
        name,
        domain,
        false as is_own,
        is_deleted,
        updated_at,
        row_number,
        row_file
    from partners
    where reject_reason is null

),

ranked as (

    select
        versions.*,
        row_number() over (
            partition by stream, source, source_id
            order by
                case when updated_at is null then 1 else 0 end,
                updated_at desc,
                coalesce(row_number, 0) desc,
                coalesce(row_file, '') desc
        ) as version_rank
    from versions

),

records as (

    select
        ranked.*,
        {{ normalise_host('domain') }} as host
    from ranked
    where version_rank = 1

),

trusted as (

    select
        records.stream,
        records.source,
        records.source_id,
        records.name,
        records.host,
        records.is_own,
        coalesce(records.is_deleted, false) as is_deleted,
        domains.registrable_domain,
        coalesce(source_trust.rank, {{ rule('source_trust_default') }}) as trust_rank
    from records
    left join domains on records.host = domains.host
    left join {{ ref('source_trust') }} as source_trust
        on records.source = source_trust.source

),

final as (

    select
        stream,
        source,
        source_id,
        name,
        host,
        registrable_domain,
        is_own,
        is_deleted,
        trust_rank,
        row_number() over (
            partition by stream, source_id
            order by trust_rank, source
        ) as id_order
    from trusted

)

select * from final
