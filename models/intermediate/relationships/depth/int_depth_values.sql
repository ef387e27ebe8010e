-- Question: what are customers at each level of depth worth, what do their partners
-- cost? Grain: level with customers. Expected value is ARR by the days that customers
-- stay, from the landmark on; a partner's cost is spread over its accounts.
with

landmarks as (

    select account_key, landmark_date, level from {{ ref('int_depth_landmarks') }}

),

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

observed as (

    select
        landmarks.level,
        landmarks.account_key,
        {{ dbt.datediff(
            'landmarks.landmark_date',
            'coalesce(coverage.ended_date, as_of.as_of_date)',
            'day'
        ) }} as time_days,
        case when coverage.ended_date is null then 0 else 1 end as is_event
    from landmarks
    cross join as_of
    inner join {{ ref('int_coverage') }} as coverage
        on landmarks.account_key = coverage.account_key
        and landmarks.landmark_date >= coverage.started_date
        and (
            coverage.ended_date is null
            or landmarks.landmark_date < coverage.ended_date
        )

),

{{ kaplan_meier('observed', ['level']) }},

{{ restricted_means(
    'curves', ['level'], months_in_days(depth_gate('month_value'))
) }},

arrs as (

    select
        landmarks.level,
        landmarks.account_key,
        sum(terms.arr) as arr
    from landmarks
    inner join {{ ref('int_terms') }} as terms
        on landmarks.account_key = terms.account_key
        and landmarks.landmark_date >= terms.term_start_date
        and (
            terms.counted_until_date is null
            or landmarks.landmark_date < terms.counted_until_date
        )
    where terms.is_paid
    group by landmarks.level, landmarks.account_key

),

shares as (

    select
        partner_accounts.account_key,
        sum(figures.cost / partners.n_accounts) as cost
    from {{ ref('int_partner_accounts') }} as partner_accounts
    inner join {{ ref('int_partner_figures') }} as figures
        on partner_accounts.partner_key = figures.partner_key
    inner join {{ ref('partners') }} as partners
        on partner_accounts.partner_key = partners.partner_key
    where partners.n_accounts > 0
    group by partner_accounts.account_key

),

known_costs as (

    select count(cost) as n_known from {{ ref('int_partner_figures') }}

),

averaged as (

    select
        landmarks.level,
        avg(lifetimes.ltv_to_date) as ltv_to_date,
        avg(arrs.arr) as arr,
        case
            when max(known_costs.n_known) > 0 then avg(coalesce(shares.cost, 0))
        end as cost
    from landmarks
    cross join known_costs
    left join {{ ref('int_account_lifetime_values') }} as lifetimes
        on landmarks.account_key = lifetimes.account_key
    left join arrs on landmarks.account_key = arrs.account_key
    left join shares on landmarks.account_key = shares.account_key
    group by landmarks.level

),

final as (

    select
        averaged.level,
        cast(averaged.ltv_to_date as {{ type_double() }}) as ltv_to_date,
        cast(
            {{ expected_value('averaged.arr', 'means.restricted_mean') }}
            as {{ type_double() }}
        ) as ltv_36m,
        cast(averaged.cost as {{ type_double() }}) as cost
    from averaged
    inner join means on averaged.level = means.level

)

select * from final
