-- Question: which partner is stated to stand by which account? Grain: landed
-- association; the rows of both directions have one id, so that one supersedes the
-- other. Associations without a partner are none of these; a removed one ended.
with

merged as (

    select connection, merged_id, survivor_id
    from {{ ref('stg_hubspot__merges') }}
    where record_kind = 'company'

),

partners as (

    select distinct source, source_id from {{ ref('stg_hubspot__partners') }}

),

associations as (

    select
        company_company.*,
        lower(trim(coalesce(
            company_company.label,
            company_company.category || ' ' || company_company.type_id
        ))) as word,
        coalesce(from_merges.survivor_id, company_company.company_id) as from_id,
        coalesce(to_merges.survivor_id, company_company.to_company_id) as to_id,
        lower(company_company.is_removed) = 'true' as is_over
    from {{ ref('base_hubspot__company_company') }} as company_company
    left join merged as from_merges
        on company_company.connection = from_merges.connection
        and company_company.company_id = from_merges.merged_id
    left join merged as to_merges
        on company_company.connection = to_merges.connection
        and company_company.to_company_id = to_merges.merged_id

),

directed as (

    select
        associations.*,
        target.source_id is null as is_mirrored,
        coalesce(target.source_id, origin.source_id) as partner_id,
        case when target.source_id is null then associations.to_id
            else associations.from_id
        end as account_id,
        {{ translated('hubspot', 'relationships.kind', 'associations.word', 'null') }}
            as stated_kind
    from associations
    left join partners as target
        on associations.connection = target.source
        and associations.to_id = target.source_id
    left join partners as origin
        on associations.connection = origin.source
        and associations.from_id = origin.source_id
    where coalesce(target.source_id, origin.source_id) is not null

),

-- what the partner is to the account counts, not what the account is to the partner
forward as (

    select
        connection,
        partner_id,
        account_id,
        min(coalesce(stated_kind, 'serves')) as kind
    from directed
    where not is_mirrored
    group by connection, partner_id, account_id

),

joined as (

    select
        directed.*,
        coalesce(
            case when directed.is_mirrored then forward.kind end,
            directed.stated_kind,
            'serves'
        ) as kind
    from directed
    left join forward
        on directed.connection = forward.connection
        and directed.partner_id = forward.partner_id
        and directed.account_id = forward.account_id

),

final as (

    select
        {{ stream_row('relationships', {
            'source': 'connection',
            'source_id': "partner_id || ':' || account_id || ':' || kind",
            'kind': 'kind',
            'from_type': "'partner'",
            'from_id': 'partner_id',
            'to_type': "'account'",
            'to_id': 'account_id',
            'started_at': 'tie_started',
            'ended_at': 'coalesce(tie_ended, case when is_over then synced_at end)',
            'updated_at': 'synced_at',
        }) }}
    from joined

)

select * from final
