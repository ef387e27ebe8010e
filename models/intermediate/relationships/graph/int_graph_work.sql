-- Question: whom do work, sales and contracts tie to each other? Grain: two nodes, edge
-- type, evidence and whether it may be shown. A touch ties the partner to the account
-- and, where people are named, those who met.
with

touches as (

    select
        touches.partner_key,
        touches.account_key,
        touches.person_key,
        touches.account_person_key,
        touches.evidence,
        touches.is_restricted,
        cast(touches.occurred_at as date) as seen_date,
        case when types.is_acquisition_type then 'cosells' else 'serves' end
            as edge_type
    from {{ ref('int_touches') }} as touches
    inner join {{ ref('touch_types') }} as types
        on touches.touch_type = types.touch_type
    where touches.partner_key is not null

),

deals as (

    select deal_key, account_key, sourced_by_partner_key, sourced_known_date
    from {{ ref('int_deals') }}

),

roles as (

    select deal_key, partner_key, role, declared_at from {{ ref('int_deal_roles') }}

),

done as (

    select
        partner_key as from_node_key,
        account_key as to_node_key,
        edge_type,
        seen_date,
        evidence,
        is_restricted,
        'touches' as stream
    from touches
    union all
    select
        coalesce(person_key, partner_key) as from_node_key,
        coalesce(account_person_key, account_key) as to_node_key,
        'met' as edge_type,
        seen_date,
        evidence,
        is_restricted,
        'touches' as stream
    from touches
    where person_key is not null or account_person_key is not null
    union all
    select
        sourced_by_partner_key as from_node_key,
        account_key as to_node_key,
        'sourced' as edge_type,
        sourced_known_date as seen_date,
        'declared' as evidence,
        false as is_restricted,
        'opportunities' as stream
    from deals
    where sourced_by_partner_key is not null
    union all
    select
        roles.partner_key as from_node_key,
        deals.account_key as to_node_key,
        case roles.role when 'sourcing' then 'sourced' else 'cosells' end as edge_type,
        cast(roles.declared_at as date) as seen_date,
        'declared' as evidence,
        false as is_restricted,
        'opportunity_partners' as stream
    from roles
    inner join deals on roles.deal_key = deals.deal_key

),

final as (

    select
        from_node_key,
        to_node_key,
        edge_type,
        evidence,
        is_restricted,
        stream,
        min(seen_date) as started_date,
        max(seen_date) as last_seen_date
    from done
    group by from_node_key, to_node_key, edge_type, evidence, is_restricted, stream

)

select * from final
