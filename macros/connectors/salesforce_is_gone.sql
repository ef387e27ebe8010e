{#  Whether an account or contact is gone from Salesforce, as text: deleted, unless it was merged into another record,
    since other systems go on naming what was merged away. relation: alias of the base table. #}
{% macro salesforce_is_gone(relation) %}
    case
        when {{ relation }}.master_record_id is not null then 'false'
        else coalesce({{ relation }}.is_removed, {{ relation }}.is_deleted)
    end
{%- endmacro %}
