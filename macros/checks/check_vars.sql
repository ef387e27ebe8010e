{#  Refuse a run whose vars are misspelt or make no sense, with the remedy. Runs before anything is built. #}
{% macro check_vars() %}
    {%- if execute and flags.WHICH in ['run', 'build', 'test', 'seed', 'snapshot'] -%}
        {%- set known = ['connectors', 'as_of_date', 'reporting_currency', 'history_months', 'trial_window_months'] -%}
        {%- for connector in connectors() -%}
            {%- for setting in connector_settings() -%}{%- do known.append(connector ~ '_' ~ setting) -%}{%- endfor -%}
        {%- endfor -%}
        {%- set given = invocation_args_dict.get('vars', {}) -%}
        {%- if given is string -%}{%- set given = fromyaml(given) -%}{%- endif -%}
        {%- for name in given or {} -%}
            {%- if name not in known -%}
                {{ bad_var(name, 'is not a var of this project; it has ' ~ known[:5] | join(', ')
                    ~ ', and for each connector <connector>_' ~ connector_settings() | join(', <connector>_')) }}
            {%- endif -%}
        {%- endfor -%}
        {{ check_connectors(var('connectors')) }}
        {{ check_as_of_date(var('as_of_date')) }}
        {%- if not modules.re.match('^[A-Z]{3}$', var('reporting_currency') | string) -%}
            {{ bad_var('reporting_currency', 'must be an ISO 4217 code such as USD') }}
        {%- endif -%}
        {{ check_months('history_months', var('history_months'), false) }}
        {{ check_months('trial_window_months', var('trial_window_months'), true) }}
        {{ check_connector_settings() }}
        {%- if flags.WHICH in ['run', 'build'] -%}{{ check_tables() }}{%- endif -%}
    {%- endif -%}
{% endmacro %}


{% macro bad_var(name, problem) %}
    {{ exceptions.raise_compiler_error("Var '" ~ name ~ "': " ~ problem ~ ". Set vars in dbt_project.yml or with --vars.") }}
{% endmacro %}


{% macro check_connectors(names) %}
    {%- set choices = connectors().keys() | join(', ') -%}
    {%- if names is string or names is mapping or names is not iterable or not names -%}
        {{ bad_var('connectors', 'must be a list with at least one of ' ~ choices) }}
    {%- endif -%}
    {%- for name in names -%}
        {%- if name not in connectors() -%}
            {{ bad_var('connectors', "'" ~ name ~ "' is not a connector; there are " ~ choices) }}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}


{% macro check_as_of_date(value) %}
    {%- if value is not none -%}
        {%- set text = value | string -%}
        {%- set form = modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}$', text) -%}
        {%- set parts = text.split('-') if form else none -%}
        {%- set last_days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] -%}
        {%- set is_day = parts and 1 <= parts[1] | int <= 12
            and 1 <= parts[2] | int <= last_days[parts[1] | int - 1]
            and not (parts[1:] == ['02', '29'] and (parts[0] | int % 4
                or (parts[0] | int % 100 == 0 and parts[0] | int % 400))) -%}
        {%- if not is_day -%}
            {{ bad_var('as_of_date', "'" ~ text ~ "' is not a day such as 2026-06-30") }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}


{% macro check_months(name, value, may_be_null) %}
    {%- if not (value is none and may_be_null) and (value is not integer or value is boolean or value < 1) -%}
        {{ bad_var(name, 'must be a whole number of months, 1 or more' ~ (', or null' if may_be_null else '')) }}
    {%- endif -%}
{% endmacro %}


{#  Settings of the connectors that are on have their form, and name tables and fields that the connector declares. #}
{% macro check_connector_settings() %}
    {%- for connector, read in connectors().items() if connector in var('connectors') -%}
        {%- set columns = {} -%}
        {%- set custom = [] -%}
        {%- for table in read.tables -%}
            {%- do columns.update({table: true}) -%}
            {%- for name, column in declared_table(connector, table).columns.items() -%}
                {%- do columns.update({table ~ '.' ~ name: true}) -%}
                {%- if column.config.meta.get('custom') -%}{%- do custom.extend([name, table ~ '.' ~ name]) -%}{%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set without = connector_setting(connector, 'without', []) -%}
        {%- if without is string or without is mapping -%}
            {{ bad_var(connector ~ '_without', 'must be a list of tables such as [' ~ read.tables[:2] | join(', ') ~ ']') }}
        {%- endif -%}
        {{ check_setting_names(connector, 'without', without, read.tables) }}
        {%- for setting, allowed in {'names': columns.keys() | list, 'custom_fields': custom}.items() -%}
            {%- set given = connector_setting(connector, setting, {}) -%}
            {%- if given is not mapping -%}
                {{ bad_var(connector ~ '_' ~ setting, 'must be a mapping such as {' ~ allowed | first ~ ': <name in the landing>}') }}
            {%- endif -%}
            {{ check_setting_names(connector, setting, given.keys() | list, allowed) }}
        {%- endfor -%}
    {%- endfor -%}
{% endmacro %}


{% macro check_setting_names(connector, setting, given, allowed) %}
    {%- for name in given if name not in allowed -%}
        {{ bad_var(connector ~ '_' ~ setting, "'" ~ name ~ "' is not one of " ~ allowed | join(', ')) }}
    {%- endfor -%}
{% endmacro %}
