-- Question: which evaluations make which survival curve? Grain: population, curve and
-- evaluation. A partner's are those it touched; a segment's, and those of all segments
-- together, are those that no partner touched.
with

evaluations as (

    select
        search_key,
        account_key,
        segment,
        status,
        is_provisional,
        time_days,
        is_found
    from {{ ref('int_evaluations') }}

),

partners as (

    select search_key, partner_key from {{ ref('int_evaluation_partners') }}

),

assisted as (

    select distinct search_key from partners

),

unaided as (

    select evaluations.*
    from evaluations
    left join assisted on evaluations.search_key = assisted.search_key
    where assisted.search_key is null

),

placed as (

    select 'partner' as curve_type, partners.partner_key as curve_key, evaluations.*
    from evaluations
    inner join partners on evaluations.search_key = partners.search_key
    union all
    select 'segment' as curve_type, segment as curve_key, unaided.*
    from unaided
    union all
    select 'all' as curve_type, 'all' as curve_key, unaided.*
    from unaided

),

populations as (

    select 'without_lost' as population, placed.*
    from placed
    where status <> 'lost'
    union all
    select 'with_lost' as population, placed.*
    from placed

),

final as (

    select
        population,
        curve_type,
        curve_key,
        search_key,
        account_key,
        segment,
        status,
        is_provisional,
        time_days,
        is_found
    from populations

)

select * from final
