-- Question: which domains does each organisation use, and how many others use them?
-- Grain: organisation and registrable domain. Shared and free-mail ones are nobody's; a
-- domain of more organisations than a group has makes no ties, and is counted.
with

members as (

    select organisation_key, host
    from {{ ref('stg_organisation_members') }}
    where host is not null

),

domains as (

    select host, registrable_domain
    from {{ ref('stg_registrable_domains') }}
    where registrable_domain is not null

),

used as (

    select distinct members.organisation_key, domains.registrable_domain
    from members
    inner join domains on members.host = domains.host

),

counted as (

    select
        used.*,
        count(*) over (partition by registrable_domain) as n_organisations
    from used

),

final as (

    select
        organisation_key,
        registrable_domain,
        n_organisations,
        n_organisations > {{ rule('max_organisations_per_domain') }} as is_crowded
    from counted

)

select * from final
