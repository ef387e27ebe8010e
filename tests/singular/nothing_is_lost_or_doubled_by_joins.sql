-- Facts whose number changed on the way from the stream to the model that resolves it.
{% set pairs = {
    'stg_touches': 'int_touches',
    'stg_subscriptions': 'int_terms',
    'stg_opportunities': 'int_deals',
    'stg_opportunity_partners': 'int_deal_roles',
} %}
with

counted as (

    {% for stream, model in pairs.items() -%}
    select
        '{{ model }}' as model,
        (select count(*) from {{ ref(stream) }}) as n_in_stream,
        (select count(*) from {{ ref(model) }}) as n_in_model
    union all
    {% endfor -%}
    select
        'stg_organisation_members' as model,
        (select count(*) from {{ ref('stg_accounts') }})
        + (select count(*) from {{ ref('stg_partners') }}) as n_in_stream,
        (select count(*) from {{ ref('stg_organisation_members') }}) as n_in_model

)

select * from counted
where n_in_stream <> n_in_model
