{#  Which streams each connector fills; the one line a new connector adds. `files` lands in contract form already, so its
    base models are read as they are. #}
{% macro connectors() %}
    {%- set registered = {
        'files': contract().keys() | reject('equalto', 'version') | list,
        'workbook': ['accounts', 'partners', 'touches', 'relationships', 'subscriptions'],
    } -%}
    {{ return(registered) }}
{% endmacro %}


{#  Relations that fill a stream in this run. #}
{% macro stream_inputs(stream) %}
    {%- set found = [] -%}
    {%- for connector, streams in connectors().items() -%}
        {%- if connector in var('connectors') and stream in streams -%}
            {%- set layer = 'base' if connector == 'files' else 'stg' -%}
            {%- do found.append(ref(layer ~ '_' ~ connector ~ '__' ~ stream)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
