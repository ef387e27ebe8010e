-- Question: what speaks for two records being one organisation? Grain: two records and
-- a rule. Records that share a value are tied to the first of them, so that edges grow
-- with records; one that a person sets apart keeps only what people say of it.
with

records as (

    select * from {{ ref('stg_organisation_records') }}

),

domains as (

    select host, registrable_domain
    from {{ ref('stg_registrable_domains') }}
    where registrable_domain is not null

),

decisions as (

    select * from {{ ref('stg_identity_decisions') }}

),

same_as as (

    select record_key, other_record_key, rule, evidence
    from decisions
    where decision = 'same_as'

),

{{ records_set_apart('decisions', 'same_as') }},

records_with_domain as (

    select
        records.record_key,
        records.source,
        records.core_name,
        domains.registrable_domain
    from records
    inner join domains on records.host = domains.host

),

names_by_source as (

    select
        source,
        registrable_domain,
        count(distinct core_name) as n_names
    from records_with_domain
    group by source, registrable_domain

),

crowded_domains as (

    select distinct registrable_domain
    from names_by_source
    where n_names > {{ rule('max_names_per_domain') }}

),

shared_values as (

    select
        records_with_domain.record_key,
        'same_domain' as rule,
        records_with_domain.registrable_domain as shared_value
    from records_with_domain
    left join crowded_domains
        on records_with_domain.registrable_domain = crowded_domains.registrable_domain
    where crowded_domains.registrable_domain is null
    union all
    select
        record_key,
        'same_name_country' as rule,
        core_name || '|' || coalesce(country, '') as shared_value
    from records
    where core_name is not null

),

tied as (

    select
        shared_values.record_key,
        min(shared_values.record_key) over (
            partition by shared_values.rule, shared_values.shared_value
        ) as other_record_key,
        shared_values.rule,
        shared_values.shared_value
    from shared_values
    left join set_apart on shared_values.record_key = set_apart.record_key
    where set_apart.record_key is null

),

final as (

    select record_key, other_record_key, rule, shared_value as evidence
    from tied
    where record_key <> other_record_key
    union all
    select record_key, other_record_key, rule, evidence
    from same_as

)

select * from final
