-- Question: which records of organisations are there, and what do they look like once
-- cleaned? Grain: source record of an organisation (streams accounts and partners).
with

accounts as (

    select * from {{ ref('stg_accounts') }}

),

partners as (

    select * from {{ ref('stg_partners') }}

),

records as (

    select
        'accounts' as stream,
        source,
        source_id,
        name,
        domain,
        country,
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
        joined_at as created_at
    from partners

),

cleaned as (

    select
        records.*,
        {{ normalise_name('name') }} as clean_name,
        {{ normalise_host('domain') }} as host,
        {{ normalise_name('country') }} as clean_country
    from records

),
{# GmbH & Co. KG and the like lose one word a round #}
{%- set rounds = 4 %}
{%- for round in range(1, rounds + 1) %}
{%- set before = 'cleaned' if round == 1 else 'stripped_' ~ (round - 1) %}
{%- set name = 'clean_name' if round == 1 else 'name_' ~ (round - 1) %}

stripped_{{ round }} as (

    select
        words.*,
        case
            when legal_forms.form is not null
                and length(words.{{ name }}) > length(legal_forms.form)
                then
                    trim(substr(
                        words.{{ name }},
                        1,
                        length(words.{{ name }}) - length(legal_forms.form)
                    ))
            else words.{{ name }}
        end as name_{{ round }}
    from {{ before }} as words
    left join {{ ref('legal_forms') }} as legal_forms
        on {{ dbt.split_part('words.' ~ name, "' '", -1) }} = legal_forms.form

),
{%- endfor %}

final as (

    select
        {{ surrogate_key([
            'stripped.stream', 'stripped.source', 'stripped.source_id'
        ]) }} as record_key,
        stripped.stream,
        stripped.source,
        stripped.source_id,
        stripped.name,
        stripped.clean_name,
        stripped.name_{{ rounds }} as core_name,
        stripped.host,
        coalesce(countries.country, upper(stripped.clean_country)) as country,
        stripped.created_at
    from stripped_{{ rounds }} as stripped
    left join {{ ref('countries') }} as countries
        on stripped.clean_country = countries.alias

)

select * from final
