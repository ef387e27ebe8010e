-- Question: how deep is each partner at each account, what earned that, and what does
-- the next level lack? Grain: partner, account and month-end. Accounts lost by then are
-- left out, and partners that only restricted rows show there.
with

depths as (

    select * from {{ ref('int_depths') }}

),

levels as (

    select level, earned_by, lacks from {{ ref('depth_levels') }}

),

shown as (

    select * from {{ ref('int_partners_shown') }}

),

highest as (

    select max(level) as highest_level from levels

),

final as (

    select
        depths.partner_key,
        depths.account_key,
        depths.as_of_date,
        depths.is_latest,
        cast(depths.level_declared as {{ dbt.type_bigint() }}) as level_declared,
        cast(depths.level as {{ dbt.type_bigint() }}) as level,
        earned.earned_by
        || case
            when depths.level < depths.level_earned then ', taken down by silence'
            else ''
        end as level_reason,
        case
            when depths.level < depths.level_earned then 'a touch after the silence'
            else next_levels.lacks
        end as next_level_lacks,
        depths.level / cast(highest.highest_level as {{ type_double() }})
        * {{ half_life_decay(
            'coalesce(depths.silent_days, 0)', rule('recency_half_life_days')
        ) }} as depth_strength,
        depths.status,
        depths.last_touch_date
    from depths
    inner join shown
        on depths.partner_key = shown.partner_key
        and depths.account_key = shown.account_key
        and depths.as_of_date >= shown.first_shown_date
    cross join highest
    inner join levels as earned on depths.level = earned.level
    left join levels as next_levels on depths.level + 1 = next_levels.level

)

select * from final
