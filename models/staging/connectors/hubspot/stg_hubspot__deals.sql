-- Question: whose is a deal? Grain: id of a deal, merged ones included. Its account is
-- its primary company, else the first, that is no partner; a deal that has partners
-- only is the primary one's own.
with

deals as (

    select distinct connection, deal_id from {{ ref('base_hubspot__deal') }}

),

merged as (

    select connection, merged_id, survivor_id
    from {{ ref('stg_hubspot__merges') }}
    where record_kind = 'deal'

),

known_companies as (

    select distinct connection, company_id
    from {{ ref('stg_hubspot__companies') }}

),

partners as (

    select distinct source, source_id from {{ ref('stg_hubspot__partners') }}

),

ordered as (

    select
        deal_companies.connection,
        deal_companies.deal_id,
        deal_companies.company_id,
        row_number() over (
            partition by deal_companies.connection, deal_companies.deal_id
            order by
                case when partners.source_id is null then 0 else 1 end,
                case when deal_companies.is_account then 0 else 1 end,
                deal_companies.company_id
        ) as company_order
    from {{ ref('stg_hubspot__deal_companies') }} as deal_companies
    inner join known_companies
        on deal_companies.connection = known_companies.connection
        and deal_companies.company_id = known_companies.company_id
    left join partners
        on deal_companies.connection = partners.source
        and deal_companies.company_id = partners.source_id
    where deal_companies.is_gone is null

),

named as (

    select
        connection,
        deal_id,
        deal_id as current_id
    from deals
    union all
    select
        merged.connection,
        merged.merged_id as deal_id,
        deals.deal_id as current_id
    from merged
    inner join deals
        on merged.connection = deals.connection and merged.survivor_id = deals.deal_id

),

ranked as (

    select
        named.*,
        row_number() over (
            partition by connection, deal_id
            order by case when deal_id = current_id then 1 else 0 end, current_id
        ) as name_order
    from named

),

final as (

    select
        ranked.connection,
        ranked.deal_id,
        ranked.current_id,
        ordered.company_id as account_id
    from ranked
    left join ordered
        on ranked.connection = ordered.connection
        and ranked.current_id = ordered.deal_id
        and ordered.company_order = 1
    where ranked.name_order = 1

)

select * from final
