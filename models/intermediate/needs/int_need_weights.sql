-- Question: what did each live customer need on each month-end, and how much does it
-- matter? Grain: month-end, account and need. What it had stated by then, else the
-- profile of its segment, else the profile `any`.
with

live as (

    select as_of_date, is_latest, account_key, segment
    from {{ ref('int_live_accounts') }}

),

profiles as (

    select segment, need, cast(weight as {{ type_double() }}) as weight
    from {{ ref('segment_need_profiles') }}
    where weight > 0

),

stated as (

    select
        live.as_of_date,
        live.is_latest,
        live.account_key,
        live.segment,
        needs.need,
        needs.weight,
        'stated' as basis
    from live
    inner join {{ ref('int_needs_stated') }} as needs
        on live.account_key = needs.account_key
        and live.as_of_date >= needs.from_date
        and live.as_of_date < coalesce(needs.until_date, cast('9999-12-31' as date))

),

stating as (

    select distinct as_of_date, account_key from stated

),

profiled as (

    select distinct segment from profiles

),

silent as (

    select
        live.*,
        coalesce(profiled.segment, 'any') as profile
    from live
    left join stating
        on live.as_of_date = stating.as_of_date
        and live.account_key = stating.account_key
    left join profiled on live.segment = profiled.segment
    where stating.account_key is null

),

final as (

    select * from stated
    union all
    select
        silent.as_of_date,
        silent.is_latest,
        silent.account_key,
        silent.segment,
        profiles.need,
        profiles.weight,
        'profile' as basis
    from silent
    inner join profiles on silent.profile = profiles.segment

)

select * from final
