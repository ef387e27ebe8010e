-- Question: whose domain is it: the company's own, a partner's or a customer's?
-- Grain: registrable domain. What is the company's own is nobody else's, and what is a
-- partner's is no customer's. One that many organisations use is left out.
with

records as (

    select
        stream,
        source,
        source_id,
        name,
        registrable_domain,
        is_own,
        trust_rank,
        case
            when is_own then 'own'
            when stream = 'partners' then 'partner'
            else 'account'
        end as side
    from {{ ref('stg_known_records') }}
    where registrable_domain is not null and not is_deleted

),

names_by_source as (

    select
        source,
        registrable_domain,
        count(distinct lower(name)) as n_names
    from records
    group by source, registrable_domain

),

crowded as (

    select distinct registrable_domain
    from names_by_source
    where n_names > {{ rule('max_names_per_domain') }}

),

ranked as (

    select
        records.registrable_domain,
        records.side,
        records.source,
        records.source_id,
        row_number() over (
            partition by records.registrable_domain
            order by
                case records.side when 'own' then 1 when 'partner' then 2 else 3 end,
                records.trust_rank,
                records.source,
                records.source_id
        ) as record_order
    from records
    left join crowded
        on records.registrable_domain = crowded.registrable_domain
    where crowded.registrable_domain is null

),

final as (

    select registrable_domain, side, source, source_id
    from ranked
    where record_order = 1

)

select * from final
