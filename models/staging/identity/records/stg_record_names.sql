-- Question: by which names is a record known? Grain: record and bare name.
-- The whole name is the first; the parts between brackets, quotes, former names and
-- trading names follow. Legal forms are stripped from the end, but never to nothing;
-- one written out in three words (public limited company) is read as its short form.
{% set parts = 4 %}
{#- GmbH & Co. KG and the like lose one word a round #}
{%- set rounds = 4 %}
with

records as (

    select record_key, name from {{ ref('stg_organisation_records') }}
    where clean_name is not null

),

legal_forms as (

    select form, form_group from {{ ref('legal_forms') }}

),

marked as (

    select
        record_key,
        name,
        {{ mark_other_names('name') }} as parted
    from records

),

written as (

    select
        record_key,
        1 as name_order,
        replace(parted, '|', ' ') as written_name
    from marked
    {%- for part in range(1, parts + 1) %}
    union all
    select
        record_key,
        {{ part + 1 }} as name_order,
        {{ dbt.split_part('parted', "'|'", part) }} as written_name
    from marked
    where parted like '%|%'
    {%- endfor %}

),

cleaned as (

    select
        record_key,
        name_order,
        {{ normalise_name('written_name') }} as written_words
    from written

),

without_article as (

    select
        record_key,
        name_order,
        {{ strip_article('written_words') }} as whole_name
    from cleaned

),

shortened as (

    select
        words.record_key,
        words.name_order,
        coalesce(
            {{ without_ending('words.whole_name', 'legal_forms.form') }}
            || ' ' || legal_forms.form_group,
            words.whole_name
        ) as clean_name
    from without_article as words
    left join legal_forms
        on legal_forms.form like '% % %'
        and {{ regex_group('words.whole_name', '([^ ]+ [^ ]+ [^ ]+)$', 1) }}
        = legal_forms.form

),
{%- for round in range(1, rounds + 1) %}
{%- set before = 'shortened' if round == 1 else 'stripped_' ~ (round - 1) %}
{%- set name = 'clean_name' if round == 1 else 'name_' ~ (round - 1) %}

stripped_{{ round }} as (

    select
        words.*,
        {% if round == 1 -%}
        case
            when length(words.clean_name) > length(legal_forms.form)
                then legal_forms.form_group
        end as legal_form,
        coalesce(words.clean_name = legal_forms.form, false) as is_form,
        {% endif -%}
        coalesce(
            {{ without_ending('words.' ~ name, 'legal_forms.form') }},
            words.{{ name }}
        ) as name_{{ round }}
    from {{ before }} as words
    left join legal_forms
        on {{ dbt.split_part('words.' ~ name, "' '", -1) }} = legal_forms.form

),
{%- endfor %}

final as (

    select
        record_key,
        name_{{ rounds }} as core_name,
        min(name_order) as name_order,
        min(legal_form) as legal_form
    from stripped_{{ rounds }}
    where name_{{ rounds }} is not null
        and (name_order = 1 or (length(name_{{ rounds }}) > 2 and not is_form))
    group by record_key, name_{{ rounds }}

)

select * from final
