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

    select fates.*
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
