-- Question: what is to be known of a name before it is compared? Grain: bare name.
with

name_words as (

    select * from {{ ref('stg_name_words') }}

),

final as (

    select
        core_name,
        replace(core_name, ' ', '') as squashed_name,
        {{ initials('core_name') }} as initials,
        count(*) as n_words,
        sum(case when is_generic then 0 else 1 end) as n_telling_words,
        sum(case when is_geography then 1 else 0 end) as n_geography_words,
        sum(weight * weight) as squared_weight
    from name_words
    group by core_name

)

select * from final
