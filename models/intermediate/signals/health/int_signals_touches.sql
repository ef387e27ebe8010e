-- Question: how lately was an account seen to, and for what? Grain: month-end and
-- account. Every touch counts for how lately, of partners and of the own team;
-- restricted ones too, so no date of a touch is given.
with

months as (

    select as_of_date, account_key, is_customer from {{ ref('int_account_months') }}

),

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

starts as (

    select touches_from_date from {{ ref('int_stream_starts') }}

),

days as (

    select
        touches.account_key,
        cast(touches.occurred_at as date) as touch_date,
        sum(case
            when touches.actor = 'partner' and types.usual_stage = 'expansion' then 1
            else 0
        end) as n_expansion,
        max(case
            when touches.actor = 'partner' and types.is_delivery then 1 else 0
        end) as is_delivery
    from {{ ref('int_touches') }} as touches
    inner join {{ ref('touch_types') }} as types
        on touches.touch_type = types.touch_type
    group by touches.account_key, cast(touches.occurred_at as date)

),

followed as (

    select
        days.*,
        lead(touch_date) over (partition by account_key order by touch_date)
            as next_date
    from days

),

latest as (

    select
        month_ends.as_of_date,
        followed.account_key,
        followed.touch_date
    from followed
    inner join month_ends
        on {{ in_force(
            'month_ends.as_of_date', 'followed.touch_date', 'followed.next_date'
        ) }}

),

lasting as (

    select
        days.*,
        {{ add_days('touch_date', rule('partner_presence_days')) }} as until_date
    from days
    where n_expansion > 0 or is_delivery = 1

),

recent as (

    select
        month_ends.as_of_date,
        lasting.account_key,
        sum(case
            when {{ in_window(
                'lasting.touch_date', 'month_ends.as_of_date', 'expansion_touch_days'
            ) }} then lasting.n_expansion
            else 0
        end) as n_expansion,
        max(lasting.is_delivery) as is_delivery
    from lasting
    inner join month_ends
        on {{ in_force(
            'month_ends.as_of_date', 'lasting.touch_date', 'lasting.until_date'
        ) }}
    group by month_ends.as_of_date, lasting.account_key

),

final as (

    select
        months.as_of_date,
        months.account_key,
        case
            when months.is_customer
                then {{ dbt.datediff('latest.touch_date', 'months.as_of_date', 'day') }}
        end as days_since_touch,
        coalesce(recent.n_expansion, 0) as expansion_touches_180d,
        coalesce(recent.is_delivery, 0) as implementation_partner
    from months
    inner join starts on months.as_of_date >= starts.touches_from_date
    left join latest
        on months.as_of_date = latest.as_of_date
        and months.account_key = latest.account_key
    left join recent
        on months.as_of_date = recent.as_of_date
        and months.account_key = recent.account_key

)

select * from final
