-- Question: which facts tie two nodes to each other? Grain: fact (what was seen between
-- two nodes is one, by evidence). ended_date is null while it stands; last_seen_date is
-- null where it stands unseen.
with

solutions as (

    select distinct solution_key, provider, provider_key, product
    from {{ ref('int_solutions') }}

),

usages as (

    select
        used.account_key,
        solutions.solution_key,
        min(used.month_date) as started_date,
        max(used.last_used_date) as last_seen_date
    from {{ ref('int_usage_months') }} as used
    inner join solutions on used.product = solutions.product
    where solutions.provider = 'vendor'
    group by used.account_key, solutions.solution_key

),

positions as (

    select
        person_key,
        organisation_key,
        started_at,
        ended_at,
        case
            when role = 'board' then 'sits_on_board'
            when is_current then 'works_at'
            else 'worked_at'
        end as edge_type
    from {{ ref('int_positions') }}

),

final as (

    select
        from_node_key,
        to_node_key,
        edge_type,
        started_date,
        ended_date,
        cast(null as date) as last_seen_date,
        evidence,
        is_restricted,
        'relationships' as stream
    from {{ ref('int_graph_statements') }}
    union all
    select
        from_node_key,
        to_node_key,
        edge_type,
        started_date,
        cast(null as date) as ended_date,
        last_seen_date,
        evidence,
        is_restricted,
        stream
    from {{ ref('int_graph_work') }}
    union all
    {% for type in ['works_at', 'worked_at', 'sits_on_board'] -%}
    {{ graph_fact('person_key', 'organisation_key', type, 'started_at', 'ended_at',
        'null', "'system'", 'people') }}
    from positions
    where edge_type = '{{ type }}'
    union all
    {% endfor -%}
    {{ graph_fact("'own_team'", 'account_key', 'contracts_with', 'started_date',
        'ended_date', 'null', "'system'", 'subscriptions') }}
    from {{ ref('int_coverage') }}
    union all
    {{ graph_fact("'own_team'", 'organisation_key', 'partners_with', 'joined_at',
        'null', 'null', "'system'", 'partners') }}
    from {{ ref('stg_organisations') }}
    where is_partner
    union all
    {{ graph_fact(
        "case provider when 'vendor' then 'own_team' else provider_key end",
        'solution_key', 'offers', 'null', 'null', 'null', "'system'", 'solutions'
    ) }}
    from solutions
    where provider_key <> 'unnamed'
    union all
    {{ graph_fact('solution_key', 'account_key', 'integrates_with', 'on_date',
        "nullif(off_date, cast('9999-12-31' as date))", 'null', "'system'",
        'setup_events') }}
    from {{ ref('int_solutions_on') }}
    union all
    {{ graph_fact('account_key', 'solution_key', 'uses', 'started_date', 'null',
        'last_seen_date', "'observed'", 'usage') }}
    from usages
    union all
    {{ graph_fact('parent_organisation_key', 'organisation_key', 'parent_of', 'null',
        'null', 'null', "case hierarchy_rule when 'longer_name_on_domain' then 'declared'
            else 'system' end", 'accounts') }}
    from {{ ref('stg_organisation_hierarchy') }}
    where parent_organisation_key is not null

)

select * from final
