{#  The columns of a stream in order, each a dict with name, type and the rules of the contract; the columns every stream
    has and the twins of references are filled in. Raises on a stream the contract does not know. #}
{% macro stream_columns(stream) %}
    {%- set streams = contract() -%}
    {%- if stream not in streams -%}
        {{ exceptions.raise_compiler_error("The contract has no stream '" ~ stream ~ "'.") }}
    {%- endif -%}
    {%- set columns = [{'name': 'source', 'type': 'text', 'required': true}] -%}
    {%- if 'key' not in streams[stream] -%}
        {%- do columns.append({'name': 'source_id', 'type': 'text', 'required': true}) -%}
    {%- endif -%}
    {%- for name, rules in streams[stream].columns.items() -%}
        {%- do columns.append(dict(rules, name=name)) -%}
        {%- if 'ref' in rules -%}
            {%- do columns.append({'name': twin_column(name), 'type': 'text', 'twin_of': name}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do columns.append({'name': 'updated_at', 'type': 'timestamp'}) -%}
    {%- do columns.append({'name': 'is_deleted', 'type': 'boolean'}) -%}
    {{ return(columns) }}
{% endmacro %}


{#  account_id -> account_source: the column that names another system for a reference. #}
{% macro twin_column(name) %}
    {{ return(name[:-3] ~ '_source') }}
{% endmacro %}


{#  Columns that identify a row of a stream. #}
{% macro stream_key(stream) %}
    {{ return(contract()[stream].get('key', ['source', 'source_id'])) }}
{% endmacro %}


{#  Dates of a stream that tell of something that happened: its own, those that a mask hides until then, and the moment
    its source last changed the row. #}
{% macro observed_columns(stream) %}
    {%- set definition = contract()[stream] -%}
    {{ return(
        ([definition.at] if 'at' in definition else [])
        + definition.get('mask', {}).keys() | list + ['updated_at']
    ) }}
{% endmacro %}


{#  References of a stream whose target must be there for the row to mean anything. #}
{% macro hard_references(stream) %}
    {%- set found = [] -%}
    {%- for column in stream_columns(stream) -%}
        {%- if 'ref' in column and (column.required or 'required_unless' in column) -%}
            {%- do found.append(column) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{#  References of a stream of which one target at least must be there. #}
{% macro either_references(stream) %}
    {%- set group = contract()[stream].get('at_least_one', []) -%}
    {{ return(
        stream_columns(stream) | selectattr('ref', 'defined') | selectattr('name', 'in', group) | list
    ) }}
{% endmacro %}


{#  Stream of each type of record that a tie can lead from or to. #}
{% macro entity_streams() %}
    {{ return({'account': 'accounts', 'partner': 'partners', 'person': 'people', 'solution': 'solutions'}) }}
{% endmacro %}
