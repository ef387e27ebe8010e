-- Question: which matches should a person decide, and which first? Grain: undecided
-- pair of records. Worth is what hangs on the smaller of the two organisations: what
-- would find its account, or lose it, by the decision.
{% set comparisons = ['place', 'list', 'conflict', 'rival'] %}
with

pairs as (

    select * from {{ ref('stg_undecided_pairs') }}

),

members as (

    select * from {{ ref('stg_organisation_members') }}

),

refused_joins as (

    select organisation_key, other_organisation_key, refusal
    from {{ ref('stg_refused_joins') }}

),

match_words as (

    select comparison, level, words, is_said from {{ ref('match_words') }}

),

organisations as (

    select
        members.organisation_key,
        count(*) as n_records,
        sum(worth.n_signals) as n_signals,
        sum(worth.arr) as arr
    from members
    inner join {{ ref('stg_record_worth') }} as worth
        on members.record_key = worth.record_key
    group by members.organisation_key

),

weighed as (

    select
        pairs.*,
        row_number() over (
            partition by pairs.record_key, pairs.other_record_key
            order by
                organisations.n_signals, organisations.arr, organisations.n_records,
                organisations.organisation_key
        ) as size_order,
        dense_rank() over (
            partition by
                least(pairs.organisation_key, pairs.other_organisation_key),
                greatest(pairs.organisation_key, pairs.other_organisation_key)
            order by
                pairs.match_probability desc,
                pairs.record_key asc,
                pairs.other_record_key asc
        ) as pair_order,
        organisations.organisation_key as smaller_organisation_key,
        organisations.n_signals,
        organisations.arr
    from pairs
    inner join organisations
        on organisations.organisation_key
        in (pairs.organisation_key, pairs.other_organisation_key)

),

final as (

    select
        {{ surrogate_key([
            "'pair'", 'weighed.record_key', 'weighed.other_record_key'
        ]) }} as pair_key,
        one.stream,
        one.source,
        one.source_id,
        one.name,
        weighed.organisation_key,
        other.stream as other_stream,
        other.source as other_source,
        other.source_id as other_source_id,
        other.name as other_name,
        weighed.other_organisation_key,
        cast(weighed.match_probability as {{ type_double() }}) as match_probability,
        weighed.fate,
        name_words.words
        {%- for comparison in comparisons %}
        || case
            when {{ comparison }}_words.is_said
                then '; ' || {{ comparison }}_words.words
            else ''
        end
        {%- endfor %}
        || coalesce('; linked but kept apart: ' || refusal_words.words, '') as why,
        {{ whole('weighed.pair_order') }} as pair_order,
        weighed.smaller_organisation_key,
        {{ whole('weighed.n_signals') }} as n_signals,
        cast(weighed.arr as {{ type_double() }}) as arr
    from weighed
    inner join members as one on weighed.record_key = one.record_key
    inner join members as other on weighed.other_record_key = other.record_key
    {%- for comparison in ['name'] + comparisons %}
    left join match_words as {{ comparison }}_words
        on {{ comparison }}_words.comparison = '{{ comparison }}'
        and weighed.{{ comparison }}_level = {{ comparison }}_words.level
    {%- endfor %}
    left join refused_joins
        on weighed.fate = 'refused'
        and least(weighed.organisation_key, weighed.other_organisation_key)
        = refused_joins.organisation_key
        and greatest(weighed.organisation_key, weighed.other_organisation_key)
        = refused_joins.other_organisation_key
    left join match_words as refusal_words
        on refusal_words.comparison = 'refusal'
        and refused_joins.refusal = refusal_words.level
    where weighed.size_order = 1

)

select * from final
