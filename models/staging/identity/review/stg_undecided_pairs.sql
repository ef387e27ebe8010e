-- Question: which pairs are for a person to decide? Grain: two records, the lesser key
-- first. Organisations of which somebody set two records apart are decided, whatever
-- else their records look like.
with

fates as (

    select * from {{ ref('stg_pair_fates') }}

),

set_apart as (

    select distinct
        least(organisation_key, other_organisation_key) as organisation_key,
        greatest(organisation_key, other_organisation_key) as other_organisation_key
    from fates
    where fate = 'set_apart'

),

final as (

    select
        fates.record_key,
        fates.other_record_key,
        fates.organisation_key,
        fates.other_organisation_key,
        fates.is_one_list,
        fates.name_level,
        fates.place_level,
        fates.list_level,
        fates.conflict_level,
        fates.rival_level,
        fates.match_probability,
        fates.rule,
        fates.is_human,
        fates.fate
    from fates
    left join set_apart
        on least(fates.organisation_key, fates.other_organisation_key)
        = set_apart.organisation_key
        and greatest(fates.organisation_key, fates.other_organisation_key)
        = set_apart.other_organisation_key
    where set_apart.organisation_key is null
        and not fates.is_human
        and fates.fate in ('review', 'refused')

)

select * from final
