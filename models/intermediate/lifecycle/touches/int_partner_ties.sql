-- Question: which ties are stated between a partner and an account, from when to when?
-- Grain: tie, of any kind, whichever way round it is stated.
with

relationships as (

    select * from {{ ref('stg_relationships') }}

),

members as (

    select stream, source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}

),

directed as (

    select
        source,
        source_id,
        kind,
        case when from_type = 'partner' then from_source else to_source end
            as partner_source,
        case when from_type = 'partner' then from_id else to_id end as partner_id,
        case when from_type = 'partner' then to_source else from_source end
            as account_source,
        case when from_type = 'partner' then to_id else from_id end as account_id,
        started_at,
        ended_at,
        coalesce(sharing_scope, 'open') = 'restricted' as is_restricted,
        visibility
    from relationships
    where
        (from_type = 'partner' and to_type = 'account')
        or (from_type = 'account' and to_type = 'partner')

),

final as (

    select
        {{ surrogate_key(["'tie'", 'directed.source', 'directed.source_id']) }}
            as tie_key,
        directed.kind,
        partner.organisation_key as partner_key,
        account.organisation_key as account_key,
        directed.is_restricted,
        cast(directed.started_at as date) as started_date,
        cast(directed.ended_at as date) as ended_date,
        case when directed.visibility = 'observed' then 'observed' else 'declared' end
            as evidence,
        coalesce(directed.visibility, 'observed') in ('not_shared', 'unknown')
            as is_hidden
    from directed
    inner join members as partner
        on partner.stream = 'partners'
        and directed.partner_source = partner.source
        and directed.partner_id = partner.source_id
    inner join members as account
        on account.stream = 'accounts'
        and directed.account_source = account.source
        and directed.account_id = account.source_id

)

select * from final
