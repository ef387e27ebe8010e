-- Question: which partner is stated on which deal? Grain: landed association. Each role
-- of a partner is a statement; HubSpot's unlabelled rows beside a role have the role's
-- id, so that one is superseded by the other.
with

associations as (

    select * from {{ ref('stg_hubspot__deal_companies') }}

),

deals as (

    select * from {{ ref('stg_hubspot__deals') }}

),

partners as (

    select distinct source, source_id from {{ ref('stg_hubspot__partners') }}

),

said as (

    select
        connection,
        deal_id,
        company_id,
        min(role) as first_role,
        max(case when is_main then 'true' end) as is_main
    from associations
    where is_gone is null
    group by connection, deal_id, company_id

),

joined as (

    select
        associations.connection,
        associations.deal_id,
        associations.company_id,
        coalesce(associations.role, said.first_role) as stated_role,
        said.is_main,
        associations.is_gone,
        associations.synced_at,
        associations.row_file,
        associations.row_number
    from associations
    inner join partners
        on associations.connection = partners.source
        and associations.company_id = partners.source_id
    left join deals
        on associations.connection = deals.connection
        and associations.deal_id = deals.deal_id
    left join said
        on associations.connection = said.connection
        and associations.deal_id = said.deal_id
        and associations.company_id = said.company_id
    where deals.account_id is null or deals.account_id <> associations.company_id

),

final as (

    select
        {{ stream_row('opportunity_partners', {
            'source': 'connection',
            'source_id':
                "deal_id || ':' || company_id || coalesce(':' || stated_role, '')",
            'opportunity_id': 'deal_id',
            'partner_id': 'company_id',
            'role': 'stated_role',
            'is_primary': 'is_main',
            'updated_at': 'synced_at',
            'is_deleted': 'is_gone',
        }) }}
    from joined

)

select * from final
