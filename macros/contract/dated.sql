{#  The rows of a stream as they were known on as_of_date, each with its fate. Grain: loaded row.
    row_status: used; superseded (a newer version counts); deleted (it, or what it hangs on, is gone); expired (past
    retain_until); not_yet (dated later, or hangs on something later); rejected. A row that hangs on one of two goes when
    both have gone. #}
{% macro dated_stream(stream) %}
{%- set definition = contract()[stream] -%}
{%- set columns = stream_columns(stream) -%}
{%- set names = columns | map(attribute='name') | list -%}
{%- set hard = hard_references(stream) -%}
{%- set either = either_references(stream) -%}
{%- set masks = {} -%}
{%- for date_column, replaced in definition.get('mask', {}).items() -%}
    {%- for name, value in replaced.items() -%}
        {%- do masks.update({name: [date_column, value]}) -%}
    {%- endfor -%}
{%- endfor -%}
with

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

ranked as (

    select
        checked.*,
        as_of.as_of_date,
        case when cast(checked.updated_at as date) > as_of.as_of_date then 1 else 0 end
            as is_later_version,
        row_number() over (
            partition by
                case when checked.reject_reason is null then 0 else 1 end,
                {{ stream_key(stream) | join(', ') }}
            order by
                -- versions known by then come first, newest on top; of later ones the earliest stands
                case when cast(checked.updated_at as date) > as_of.as_of_date then 1 else 0 end,
                case when cast(checked.updated_at as date) > as_of.as_of_date then checked.updated_at end,
                case when checked.updated_at is null then 1 else 0 end,
                checked.updated_at desc,
                coalesce(checked.row_number, 0) desc,
                coalesce(checked.row_file, '') desc
        ) as version_rank
    from {{ ref('stg_' ~ stream ~ '__checked') }} as checked
    cross join as_of

),
{% for column in hard + either %}
{%- set by_type = column.ref not in contract() %}
target_{{ column.name }} as (

    {% for entity, target in (entity_streams() if by_type else {'': column.ref}).items() -%}
    select
        {% if by_type %}'{{ entity }}' as entity_type, {% endif %}source, source_id, row_status
    from {{ ref('stg_' ~ target ~ '__dated') }}
    where row_status not in ('rejected', 'superseded')
    {{ 'union all' if not loop.last }}
    {% endfor %}
),
{% endfor %}
final as (

    select
        {% for name in names -%}
        {%- if name in masks -%}
        {%- set date_column, value = masks[name] -%}
        case
            when cast(ranked.{{ date_column }} as date) > ranked.as_of_date
                then {{ masked_value('ranked.' ~ name, value) }}
            else ranked.{{ name }}
        end as {{ name }},
        {% else -%}
        ranked.{{ name }},
        {% endif -%}
        {%- endfor -%}
        ranked.row_file,
        ranked.row_number,
        ranked.n_other_values,
        ranked.reject_reason,
        case
            when ranked.reject_reason is not null then 'rejected'
            when ranked.version_rank > 1 then 'superseded'
            when ranked.is_deleted and ranked.is_later_version = 0 then 'deleted'
            {%- if 'retain_until' in names %}
            when ranked.retain_until < ranked.as_of_date then 'expired'
            {%- endif %}
            {%- if 'at' in definition %}
            when cast(ranked.{{ definition.at }} as date) > ranked.as_of_date then 'not_yet'
            {%- endif %}
            {%- for column in hard %}
            when target_{{ column.name }}.row_status != 'used' then target_{{ column.name }}.row_status
            {%- endfor %}
            {%- if either %}
            {%- set statuses = [] -%}
            {%- for column in either -%}
                {%- do statuses.append('target_' ~ column.name ~ '.row_status') -%}
            {%- endfor %}
            when 'used' not in (coalesce({{ statuses | join(", ''), coalesce(") }}, ''))
                then coalesce({{ statuses | join(', ') }})
            {%- endif %}
            else 'used'
        end as row_status
    from ranked
    {%- for column in hard + either %}
    left join target_{{ column.name }}
        on ranked.{{ column.name }} = target_{{ column.name }}.source_id
        and ranked.{{ twin_column(column.name) }} = target_{{ column.name }}.source
        {%- if column.ref not in contract() %}
        and ranked.{{ column.ref }} = target_{{ column.name }}.entity_type
        {%- endif %}
    {%- endfor %}

)

select * from final
{% endmacro %}


{#  The rows of a stream that count, with the declared columns. #}
{% macro used_stream(stream) %}
select
    {{ stream_columns(stream) | map(attribute='name') | reject('equalto', 'is_deleted') | join(',\n    ') }}
from {{ ref('stg_' ~ stream ~ '__dated') }}
where row_status = 'used'
{% endmacro %}


{#  What a masked column reads as: null, one value, or another value for some of its own. #}
{% macro masked_value(column, value) %}
    {%- if value is mapping -%}
        case {{ column }}
            {%- for known, read in value.items() %} when '{{ known }}' then '{{ read }}'{% endfor %}
            else {{ column }}
        end
    {%- else -%}
        {{ 'null' if value is none else "'" ~ value ~ "'" }}
    {%- endif -%}
{% endmacro %}
