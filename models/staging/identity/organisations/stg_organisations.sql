-- Question: what is known of each organisation? Grain: organisation.
-- Each attribute comes from the most trusted record that has it.
{% set attributes = [
    'name', 'domain', 'country', 'segment', 'industry', 'employees', 'annual_revenue',
    'partner_name', 'partner_type', 'tier'
] %}
with

members as (

    select * from {{ ref('stg_organisation_members') }}

),

accounts as (

    select 'accounts' as stream, accounts.* from {{ ref('stg_accounts') }} as accounts

),

partners as (

    select 'partners' as stream, partners.* from {{ ref('stg_partners') }} as partners

),

domains as (

    select host, registrable_domain from {{ ref('stg_registrable_domains') }}

),

described as (

    select
        members.organisation_key,
        members.trust_order,
        members.stream,
        members.name,
        domains.registrable_domain as domain,
        members.country,
        accounts.segment,
        accounts.industry,
        accounts.employees,
        accounts.annual_revenue,
        coalesce(accounts.account_type, 'other') as account_type,
        partners.name as partner_name,
        partners.partner_type,
        partners.tier,
        partners.joined_at
    from members
    left join accounts
        on members.stream = accounts.stream
        and members.source = accounts.source
        and members.source_id = accounts.source_id
    left join partners
        on members.stream = partners.stream
        and members.source = partners.source
        and members.source_id = partners.source_id
    left join domains on members.host = domains.host

),

trusted as (

    select
        {% for name in attributes -%}
        min(case when {{ name }} is not null then trust_order end) over (
            partition by organisation_key
        ) as order_of_{{ name }},
        {% endfor -%}
        described.*
    from described

),

golden as (

    select
        organisation_key,
        {% for name in attributes -%}
        max(case when trust_order = order_of_{{ name }} then {{ name }} end)
            as {{ name }},
        {% endfor -%}
        min(joined_at) as joined_at,
        count(*) as n_source_records,
        max(case
            when stream = 'accounts' and account_type not in ('partner', 'own') then 1
            else 0
        end) = 1 as is_account,
        max(case when stream = 'partners' then 1 else 0 end) = 1 as is_partner,
        max(case when account_type = 'own' then 1 else 0 end) = 1 as is_own
    from trusted
    group by organisation_key

),

final as (

    select
        organisation_key,
        coalesce(name, domain) as organisation_name,
        domain,
        country,
        segment,
        industry,
        employees,
        annual_revenue,
        n_source_records,
        is_account and not is_own as is_account,
        is_partner,
        is_own,
        partner_name,
        partner_type,
        tier,
        joined_at
    from golden

)

select * from final
