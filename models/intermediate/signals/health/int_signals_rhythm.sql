-- Question: how long has the partner that looks after a customer been silent, for its
-- own rhythm there? Grain: month-end and customer. Roll-outs end, deals are won and
-- calls for help are no rhythm; of several partners the one seen on most days counts.
{% set kinds = ['partner', 'advisor'] %}
with

months as (

    select as_of_date, account_key
    from {{ ref('int_account_months') }}
    where is_customer

),

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

touches as (

    select
        touches.account_key,
        touches.partner_key,
        cast(touches.occurred_at as date) as touch_date,
        {{ add_days('cast(touches.occurred_at as date)', rule('rhythm_days')) }}
            as until_date,
        max(case
            when touches.touch_type = 'advisory' then 1
            when partners.partner_type = 'advisor' then 1
            else 0
        end) as is_advisor
    from {{ ref('int_touches') }} as touches
    inner join {{ ref('touch_types') }} as types
        on touches.touch_type = types.touch_type
    left join {{ ref('stg_organisations') }} as partners
        on touches.partner_key = partners.organisation_key
    where
        touches.actor = 'partner'
        and not types.is_delivery
        and not types.is_acquisition_type
        and not types.is_reactive
    group by
        touches.account_key,
        touches.partner_key,
        cast(touches.occurred_at as date)

),

kinds as (

    select 'partner' as kind, touches.* from touches
    union all
    select 'advisor' as kind, touches.* from touches
    where is_advisor = 1

),

seen as (

    select
        month_ends.as_of_date,
        kinds.account_key,
        kinds.kind,
        count(*) as n_days,
        min(kinds.touch_date) as first_date,
        max(kinds.touch_date) as last_date,
        row_number() over (
            partition by month_ends.as_of_date, kinds.account_key, kinds.kind
            order by count(*) desc, max(kinds.touch_date) desc, kinds.partner_key asc
        ) as partner_order
    from kinds
    inner join month_ends
        on {{ in_force(
            'month_ends.as_of_date', 'kinds.touch_date', 'kinds.until_date'
        ) }}
    group by
        month_ends.as_of_date, kinds.account_key, kinds.kind, kinds.partner_key

),

pivoted as (

    select
        {% for kind in kinds -%}
        max(case
            when kind = '{{ kind }}' and n_days >= {{ rule('rhythm_min_touch_days') }}
                then {{ quiet_ratio(
                    'as_of_date', 'first_date', 'last_date', 'n_days'
                ) }}
        end) as {{ kind }}_quiet_ratio,
        {% endfor -%}
        as_of_date,
        account_key
    from seen
    where partner_order = 1
    group by as_of_date, account_key

),

final as (

    select pivoted.*
    from pivoted
    inner join months
        on pivoted.as_of_date = months.as_of_date
        and pivoted.account_key = months.account_key
    where coalesce(pivoted.partner_quiet_ratio, pivoted.advisor_quiet_ratio) is not null

)

select * from final
