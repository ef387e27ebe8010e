-- Question: what speaks for two records being one person's? Grain: two records and a
-- rule. Records that share a value are tied to the first of them. A name that two
-- addresses of one source bear at one organisation is two people's, and ties nobody.
with

records as (

    select * from {{ ref('stg_person_records') }}

),

addressed as (

    select record_key, 'same_address' as rule, address as shared_value
    from records
    where address is not null

),

named as (

    select
        record_key,
        source,
        address,
        clean_name || '|' || organisation_key as shared_value
    from records
    where
        organisation_key is not null
        -- one word is no full name
        and {{ dbt.position("' '", 'clean_name') }} > 0

),

addresses_by_name as (

    select source, shared_value, count(distinct address) as n_addresses
    from named
    group by source, shared_value

),

namesakes as (

    select distinct shared_value
    from addresses_by_name
    where n_addresses > 1

),

{# connectors write a person's further positions as <id>@<which> #}
identified as (

    select
        records.record_key,
        'same_id' as rule,
        whole.source || '|' || whole.source_id as shared_value
    from records
    inner join records as whole
        on records.source = whole.source
        and {{ dbt.split_part('records.source_id', "'@'", 1) }} = whole.source_id

),

shared_values as (

    select * from addressed
    union all
    select * from identified
    union all
    select
        named.record_key,
        'same_name_organisation' as rule,
        named.shared_value
    from named
    left join namesakes on named.shared_value = namesakes.shared_value
    where namesakes.shared_value is null

),

tied as (

    select
        record_key,
        min(record_key) over (partition by rule, shared_value) as other_record_key,
        rule
    from shared_values

),

final as (

    select distinct record_key, other_record_key, rule
    from tied
    where record_key <> other_record_key

)

select * from final
