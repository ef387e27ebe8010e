{#  Every connector, with the raw tables it reads and the streams it fills: the one line a new connector adds.
    Its folder models/staging/connectors/<connector>/ holds base_<connector>__<table> for each table and
    stg_<connector>__<stream> for each stream. `files` lands in contract form already, so its base models are read as
    they are; `files` and `workbook` come from this project's own loader. #}
{% macro connectors() %}
    {%- set registered = {
        'files': {'tables': [], 'streams': contract().keys() | reject('equalto', 'version') | list},
        'workbook': {'tables': [], 'streams': ['accounts', 'partners', 'touches', 'relationships', 'subscriptions']},
        'salesforce': {
            'tables': ['account', 'contact', 'contact_history', 'account_contact_relation', 'user', 'opportunity',
                'opportunity_history', 'opportunity_contact_role', 'opportunity_partner', 'account_partner', 'task',
                'event', 'event_relation', 'case'],
            'streams': ['accounts', 'account_links', 'partners', 'people', 'opportunities', 'opportunity_partners',
                'opportunity_people', 'touches', 'relationships', 'milestones', 'tickets'],
        },
        'segment': {
            'tables': ['tracks', 'identifies', 'groups'],
            'streams': ['accounts', 'people', 'usage', 'setup_events'],
        },
        'google_calendar': {'tables': ['events'], 'streams': ['touches']},
        'partnerstack': {
            'tables': ['partnerships', 'customers', 'leads', 'deals', 'transactions', 'rewards'],
            'streams': ['accounts', 'partners', 'partner_costs', 'opportunity_partners', 'touches', 'relationships',
                'signals'],
        },
        'stripe': {
            'tables': ['customer', 'subscription', 'subscription_item', 'price', 'plan', 'product', 'invoice',
                'invoice_line_item'],
            'streams': ['accounts', 'account_links', 'subscriptions'],
        },
        'hubspot': {
            'tables': ['company', 'company_company', 'contact', 'contact_merge_audit', 'owner', 'deal', 'merged_deal',
                'deal_pipeline_stage', 'deal_stage', 'deal_company', 'deal_contact', 'engagement', 'engagement_call',
                'engagement_email', 'engagement_meeting', 'engagement_note', 'engagement_task', 'engagement_company',
                'engagement_contact', 'engagement_deal', 'ticket', 'ticket_company', 'ticket_pipeline_stage'],
            'streams': ['accounts', 'account_links', 'partners', 'people', 'opportunities', 'opportunity_partners',
                'opportunity_people', 'touches', 'relationships', 'milestones', 'tickets'],
        },
        'zendesk': {
            'tables': ['organization', 'domain_name', 'user', 'ticket', 'ticket_tag', 'ticket_field_history',
                'ticket_metric', 'satisfaction_rating'],
            'streams': ['accounts', 'people', 'tickets', 'feedback'],
        },
        'crossbeam': {
            'tables': ['partners', 'partner_account'],
            'streams': ['partners', 'relationships'],
        },
    } -%}
    {{ return(registered) }}
{% endmacro %}


{#  Relations that fill a stream in this run. #}
{% macro stream_inputs(stream) %}
    {%- set found = [] -%}
    {%- for connector, filled in connectors().items() -%}
        {%- if connector in var('connectors') and stream in filled.streams -%}
            {%- set layer = 'base' if connector == 'files' else 'stg' -%}
            {%- do found.append(ref(layer ~ '_' ~ connector ~ '__' ~ stream)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{#  A setting of a connector: the var <connector>_<setting>. Settings:
    schema         where it lands: a schema (default raw_<connector>), or for several connections of one system a mapping
                   {source: schema}; the rows of each carry their own `source`
    database       the database of that schema; default the target's
    names          {table: live table, table.column: live column} where a landing names things otherwise
    custom_fields  {field: live column} for the fields a company adds to the system itself
    without        tables that this landing does not have; they are empty
    loaded_at      the column that says when a row arrived, for dbt source freshness #}
{% macro connector_setting(connector, setting, otherwise) %}
    {{ return(var(connector ~ '_' ~ setting, none) or otherwise) }}
{% endmacro %}

{% macro connector_settings() %}
    {{ return(['schema', 'database', 'names', 'custom_fields', 'without', 'loaded_at']) }}
{% endmacro %}


{#  Connections of a system: list of {source, schema, database}. #}
{% macro connections(connector) %}
    {%- set schemas = connector_setting(connector, 'schema', 'raw_' ~ connector) -%}
    {%- if schemas is string -%}{%- set schemas = {connector: schemas} -%}{%- endif -%}
    {%- set databases = connector_setting(connector, 'database', none) -%}
    {%- set found = [] -%}
    {%- for name, schema in schemas.items() -%}
        {%- set database = databases.get(name) if databases is mapping else databases -%}
        {%- do found.append({'source': name, 'schema': schema, 'database': database or target.database}) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{#  A name without case and underscores: landings spell number_of_employees and NumberOfEmployees alike. #}
{% macro squashed(name) %}
    {{ return(name | lower | replace('_', '')) }}
{% endmacro %}


{#  What the sources' YAML declares of a table: name, description, columns, and `also` (other names of the table). Known
    only while executing; while dbt parses it is none. #}
{% macro declared_table(connector, table) %}
    {%- if not execute -%}{{ return(none) }}{%- endif -%}
    {%- set nodes = graph.sources.values()
        | selectattr('source_name', 'equalto', connector) | selectattr('name', 'equalto', table) | list -%}
    {%- if not nodes -%}
        {{ exceptions.raise_compiler_error(
            "Connector '" ~ connector ~ "' has no table '" ~ table ~ "' in its _" ~ connector ~ "__sources.yml."
        ) }}
    {%- endif -%}
    {{ return(nodes[0]) }}
{% endmacro %}


{#  The live relation of a declared table in one connection, in whatever case it is spelt (opportunity_history,
    OpportunityHistory); none where it is not there. Only while executing. #}
{% macro live_table(connector, table, connection) %}
    {%- set names = connector_setting(connector, 'names', {}) -%}
    {%- set known = [names[table]] if table in names
        else [table] + declared_table(connector, table).config.meta.get('also', []) -%}
    {%- set live = {} -%}
    {%- for name in schema_tables(connection.database, connection.schema) -%}
        {%- do live.update({squashed(name): name}) -%}
    {%- endfor -%}
    {%- for name in known if squashed(name) in live -%}
        {{ return(api.Relation.create(
            database=connection.database, schema=connection.schema, identifier=live[squashed(name)]
        )) }}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}


{#  Stop before anything is built when a connector that is on lacks a table, with all that is missing in one message. #}
{% macro check_tables() %}
    {%- set missing = [] -%}
    {%- for connector in var('connectors') -%}
        {%- set absent = connector_setting(connector, 'without', []) -%}
        {%- for connection in connections(connector) -%}
            {%- set lacking = [] -%}
            {%- for table in connectors()[connector].tables if table not in absent -%}
                {%- if live_table(connector, table, connection) is none -%}{%- do lacking.append(table) -%}{%- endif -%}
            {%- endfor -%}
            {%- if lacking -%}{%- do missing.append(missing_tables(connector, connection, lacking)) -%}{%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if missing -%}{{ exceptions.raise_compiler_error(missing | join('\n')) }}{%- endif -%}
{% endmacro %}


{% macro missing_tables(connector, connection, tables) %}
    {{ return(
        "Connector '" ~ connector ~ "' is on (var `connectors`) but schema '" ~ connection.schema ~ "' has no table "
        ~ tables | join(', ') ~ ". Load " ~ ('them' if tables | length > 1 else 'it') ~ "; or name the schema in var `"
        ~ connector ~ "_schema`; or, where the landing calls a table otherwise, set var `" ~ connector
        ~ "_names`; or build without: var `" ~ connector ~ "_without: [" ~ tables | join(', ')
        ~ "]`, or take '" ~ connector ~ "' out of `connectors`."
    ) }}
{% endmacro %}
