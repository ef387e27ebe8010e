-- Values of the marts that are an e-mail address or a person's full name. Left out are
-- ids, which a source may make of anything, and organisations' own names, because a
-- firm may be called after a person.
{% set marts = [
    'account_ecs', 'account_interventions', 'account_kept_by', 'account_lifecycle',
    'account_needs', 'account_plays', 'account_readiness', 'account_risk',
    'account_sources', 'account_terms', 'account_touches', 'accounts',
    'arr_movements_monthly', 'connector_columns', 'connector_tables', 'data_gaps',
    'depth_retention', 'ecosystem_edges', 'ecosystem_nodes', 'ecosystem_paths',
    'ecosystem_summary', 'ecs_band_retention', 'identity_quality', 'kpis_monthly',
    'maturity', 'model_performance_monthly', 'model_versions', 'partner_account_depth',
    'partner_bias_monthly', 'partner_cde', 'partner_credit_methods', 'partner_csi',
    'partner_csi_stages', 'partner_depth', 'partner_ecs', 'partner_pairs',
    'partner_scorecard', 'partners', 'readiness_lift', 'review_queue',
    'right_account_rate', 'risk_backtest', 'risk_reliability', 'score_drift_monthly',
    'signal_quality_monthly', 'small_sample_answer', 'split_signals',
    'stream_reconciliation', 'unmet_needs'
] %}
{% set sources_own = [
    'source_id', 'other_source_id', 'account_name', 'partner_name', 'name',
    'other_name', 'other_partner_name', 'label'
] %}
{% if execute %}
    {% for node in graph.nodes.values()
        if node.resource_type == 'model' and node.path.startswith('marts/')
        and not node.path.startswith('marts/restricted/') and node.name not in marts %}
        {{ exceptions.raise_compiler_error(
            "no_personal_data_outside_restricted does not look at mart '" ~ node.name
            ~ "': add it to its list."
        ) }}
    {% endfor %}
{% endif %}
with

texts as (

    {% for mart in marts -%}
    {% set relation = ref(mart) -%}
    {% set columns = [] -%}
    {% if execute -%}
    {% for node in graph.nodes.values() if node.name == mart -%}
    {% for column in node.columns.values()
        if column.data_type == 'text' and not column.name.endswith('_key')
        and column.name not in sources_own -%}
    {% do columns.append(column.name) -%}
    {% endfor -%}
    {% endfor -%}
    {% endif -%}
    {% for column in columns -%}
    select distinct
        '{{ mart }}' as mart,
        '{{ column }}' as column_name,
        {{ column }} as text
    from {{ relation }}
    union all
    {% endfor -%}
    {% endfor -%}
    select
        'none' as mart,
        'none' as column_name,
        cast(null as {{ type_text() }}) as text

),

people as (

    select distinct name
    from {{ ref('people') }}
    where {{ dbt.position("' '", 'name') }} > 0

),

final as (

    select
        texts.mart,
        texts.column_name,
        texts.text
    from texts
    left join people on texts.text = people.name
    where
        people.name is not null
        or {{ regex_match('texts.text', '[^@ ]@[^@ ]+[.][^@ ]') }}

)

select * from final
