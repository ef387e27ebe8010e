-- Question: which records of people are there, and what do they look like once cleaned?
-- Grain: record of the stream people, one position of one person. An address that is a
-- role's, or goes by too many names, is nobody's and reads as none.
{{ config(schema='restricted') }}
with

people as (

    select
        people.*,
        {{ normalise_name('full_name') }} as clean_name,
        {{ normalise_address('email') }} as stated_address
    from {{ ref('stg_people') }} as people

),

members as (

    select stream, source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}

),

names_by_address as (

    select stated_address, count(distinct clean_name) as n_names
    from people
    where stated_address is not null
    group by stated_address

),

personal as (

    select names_by_address.stated_address as address
    from names_by_address
    left join {{ ref('role_mailboxes') }} as mailboxes
        on {{ dbt.split_part('names_by_address.stated_address', "'@'", 1) }}
        = mailboxes.local_part
    where
        mailboxes.local_part is null
        and names_by_address.n_names <= {{ rule('max_names_per_address') }}

),

final as (

    select
        {{ surrogate_key(["'person'", 'people.source', 'people.source_id']) }}
            as record_key,
        people.source,
        people.source_id,
        trim(people.full_name) as name,
        people.clean_name,
        personal.address,
        coalesce(account.organisation_key, partner.organisation_key)
            as organisation_key,
        people.title,
        people.seniority,
        people.role,
        people.started_at,
        people.ended_at,
        coalesce(people.updated_at, people.started_at) as seen_at,
        coalesce(source_trust.rank, {{ rule('source_trust_default') }}) as trust_rank
    from people
    left join personal on people.stated_address = personal.address
    left join members as account
        on account.stream = 'accounts'
        and people.account_source = account.source
        and people.account_id = account.source_id
    left join members as partner
        on partner.stream = 'partners'
        and people.partner_source = partner.source
        and people.partner_id = partner.source_id
    left join {{ ref('source_trust') }} as source_trust
        on people.source = source_trust.source

)

select * from final
