-- Question: by what can a record be compared with others? Grain: record.
-- A guest stands on a domain that names another record of its list: a subsidiary on
-- the group's website, a product on its maker's.
with

records as (

    select * from {{ ref('stg_organisation_records') }}

),

first_names as (

    select record_key, core_name, legal_form from {{ ref('stg_record_names') }}
    where name_order = 1

),

names as (

    select core_name, squashed_name, initials from {{ ref('stg_names') }}

),

domains as (

    select
        host,
        registrable_domain,
        {{ domain_label('registrable_domain') }} as domain_label
    from {{ ref('stg_registrable_domains') }}
    where registrable_domain is not null

),

described as (

    select
        records.record_key,
        records.list_key,
        records.country,
        records.house_number,
        records.street_word,
        records.house_number || ' ' || records.street_word as street_address,
        records.postcode,
        records.phone_key,
        domains.registrable_domain,
        domains.domain_label,
        first_names.core_name,
        first_names.legal_form,
        {{ is_named_by_domain('names', 'domains.domain_label') }} as is_named_by_domain
    from records
    left join first_names on records.record_key = first_names.record_key
    left join names on first_names.core_name = names.core_name
    left join domains on records.host = domains.host

),

final as (

    select
        described.*,
        not described.is_named_by_domain
        and max(case when described.is_named_by_domain then 1 else 0 end) over (
            partition by described.list_key, described.registrable_domain
        ) = 1 as is_guest,
        count(*) over (
            partition by described.list_key, described.core_name
        ) as n_same_name
    from described

)

select * from final
