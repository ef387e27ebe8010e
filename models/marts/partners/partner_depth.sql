-- Question: how deep does each partner reach over its accounts today? Grain: partner.
-- Only accounts that are not lost; a partner on record at none has no mean.
with

partners as (

    select partner_key, partner_name from {{ ref('partners') }}
    where partner_key <> 'own_team'

),

depths as (

    select partner_key, level, status from {{ ref('partner_account_depth') }}
    where is_latest

),

counted as (

    select
        partner_key,
        {% for level in range(5) -%}
        sum(case when level = {{ level }} then 1 else 0 end) as n_level_{{ level }},
        {% endfor -%}
        avg(cast(level as {{ type_double() }})) as mean_level,
        max(level) as max_level,
        sum(case when status = 'cooling' then 1 else 0 end) as n_cooling
    from depths
    group by partner_key

),

final as (

    select
        partners.partner_key,
        partners.partner_name,
        {% for level in range(5) -%}
        cast(coalesce(counted.n_level_{{ level }}, 0) as {{ dbt.type_bigint() }})
            as n_level_{{ level }},
        {% endfor -%}
        counted.mean_level,
        cast(counted.max_level as {{ dbt.type_bigint() }}) as max_level,
        cast(coalesce(counted.n_cooling, 0) as {{ dbt.type_bigint() }}) as n_cooling
    from partners
    left join counted on partners.partner_key = counted.partner_key

)

select * from final
