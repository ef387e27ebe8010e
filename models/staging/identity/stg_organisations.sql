-- Question: what is known of each organisation? Grain: organisation.
-- Each attribute comes from the most trusted record that has it.
{% set attributes = ['segment', 'industry', 'employees', 'annual_revenue'] %}
with

members as (

    select * from {{ ref('stg_organisation_members') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

partners as (

    select * from {{ ref('stg_partners') }}

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
        {% for name in attributes -%}
        accounts.{{ name }},
        {% endfor -%}
        coalesce(accounts.account_type, 'other') as account_type
    from members
    left join accounts
        on members.stream = 'accounts'
        and members.source = accounts.source
        and members.source_id = accounts.source_id
    left join domains on members.host = domains.host

),

partner_attributes as (

    select
        members.organisation_key,
        partners.name as partner_name,
        partners.partner_type,
        partners.tier,
        row_number() over (
            partition by members.organisation_key order by members.trust_order
        ) as partner_order,
        min(partners.joined_at) over (partition by members.organisation_key) as joined_at
    from members
    inner join partners
        on members.source = partners.source
        and members.source_id = partners.source_id
    where members.stream = 'partners'

),

firsts as (

    {% for name in ['name', 'domain', 'country'] + attributes -%}
    {%- set type = type_double() if name in ['employees', 'annual_revenue'] else type_text() -%}
    select
        organisation_key,
        {% for other in ['name', 'domain', 'country'] + attributes -%}
        {%- set other_type = type_double() if other in ['employees', 'annual_revenue'] else type_text() -%}
        {{ name if other == name else 'cast(null as ' ~ other_type ~ ')' }} as {{ other }},
        {% endfor -%}
        row_number() over (partition by organisation_key order by trust_order) as rank_of_value
    from described
    where {{ name }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

golden as (

    select
        organisation_key,
        {% for name in ['name', 'domain', 'country'] + attributes -%}
        max({{ name }}) as {{ name }}{{ ',' if not loop.last }}
        {% endfor -%}
    from firsts
    where rank_of_value = 1
    group by organisation_key

),

roles as (

    select
        organisation_key,
        count(*) as n_source_records,
        max(case when stream = 'accounts' and account_type not in ('partner', 'own') then 1 else 0 end) = 1
            as is_account,
        max(case when stream = 'partners' then 1 else 0 end) = 1 as is_partner,
        max(case when account_type = 'own' then 1 else 0 end) = 1 as is_own
    from described
    group by organisation_key

),

final as (

    select
        roles.organisation_key,
        coalesce(golden.name, golden.domain) as organisation_name,
        golden.domain,
        golden.country,
        {% for name in attributes -%}
        golden.{{ name }},
        {% endfor -%}
        roles.n_source_records,
        roles.is_account and not roles.is_own as is_account,
        roles.is_partner,
        roles.is_own,
        partner_attributes.partner_name,
        partner_attributes.partner_type,
        partner_attributes.tier,
        partner_attributes.joined_at
    from roles
    left join golden on roles.organisation_key = golden.organisation_key
    left join partner_attributes
        on roles.organisation_key = partner_attributes.organisation_key
        and partner_attributes.partner_order = 1

)

select * from final
