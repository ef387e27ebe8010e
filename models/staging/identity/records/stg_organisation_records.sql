-- Question: which records of organisations are there, and what do they look like once
-- cleaned? Grain: source record of an organisation (streams accounts and partners).
-- A list is what one source holds in one stream.
with

accounts as (

    select * from {{ ref('stg_accounts') }}

),

partners as (

    select * from {{ ref('stg_partners') }}

),

countries as (

    select alias, country from {{ ref('countries') }}

),

records as (

    select
        'accounts' as stream,
        source,
        source_id,
        name,
        domain,
        country,
        address,
        postal_code,
        phone,
        created_at
    from accounts
    union all
    select
        'partners' as stream,
        source,
        source_id,
        name,
        domain,
        country,
        cast(null as {{ type_text() }}) as address,
        cast(null as {{ type_text() }}) as postal_code,
        cast(null as {{ type_text() }}) as phone,
        joined_at as created_at
    from partners

),

cleaned as (

    select
        records.*,
        stream || ':' || source as list_key,
        {{ normalise_name('name') }} as clean_name,
        {{ normalise_host('domain') }} as host,
        {{ normalise_name('country') }} as clean_country,
        {{ normalise_name('address') }} as clean_address,
        {{ normalise_postcode('postal_code') }} as postcode,
        {{ normalise_phone('phone') }} as phone_key
    from records

),

final as (

    select
        {{ number_key(['cleaned.stream', 'cleaned.source', 'cleaned.source_id']) }}
            as record_key,
        cleaned.list_key,
        cleaned.stream,
        cleaned.source,
        cleaned.source_id,
        cleaned.name,
        cleaned.clean_name,
        cleaned.host,
        coalesce(countries.country, upper(cleaned.clean_country)) as country,
        {{ house_number('cleaned.clean_address') }} as house_number,
        {{ street_word('cleaned.clean_address') }} as street_word,
        cleaned.postcode,
        cleaned.phone_key,
        cleaned.created_at
    from cleaned
    left join countries on cleaned.clean_country = countries.alias

)

select * from final
