-- Question: of which accounts does a small book ask whether they were kept more often?
-- Grain: kind of comparison, what is compared, and account that has it. A further kind
-- of comparison is a further branch here.
with

partner_accounts as (

    select partner_key, account_key
    from {{ ref('int_partner_accounts') }}
    where partner_key <> 'own_team'

),

sold as (

    select
        account_key,
        coalesce(selected_at, live_at) as sold_at,
        churned_at
    from {{ ref('int_account_milestones') }}
    where selected_at is not null or live_at is not null

),

involved as (

    select touches.account_key
    from {{ ref('int_touches_staged') }} as touches
    inner join sold
        on touches.account_key = sold.account_key
        and touches.occurred_at > sold.sold_at
    where touches.partner_key <> 'own_team' and touches.stage <> 'post_churn'
    union distinct
    select ties.account_key
    from {{ ref('int_ties') }} as ties
    inner join sold
        on ties.account_key = sold.account_key
        and (
            sold.churned_at is null
            or ties.started_date is null
            or cast(sold.churned_at as date) >= ties.started_date
        )
        and (ties.ended_date is null or ties.ended_date > cast(sold.sold_at as date))

),

reached as (

    select steps.account_key, max(steps.level) as level
    from {{ ref('int_depth_steps') }} as steps
    inner join sold
        on steps.account_key = sold.account_key
        and (
            sold.churned_at is null
            or steps.touch_date <= cast(sold.churned_at as date)
        )
    where steps.partner_key <> 'own_team'
    group by steps.account_key

),

levels as (

    select level from {{ ref('depth_levels') }}
    where level > 0

),

final as (

    select
        'partner' as comparison_type,
        partner_key as comparison_key,
        account_key
    from partner_accounts
    union all
    select
        'involvement' as comparison_type,
        'after_sale' as comparison_key,
        account_key
    from involved
    union all
    select
        'depth' as comparison_type,
        cast(levels.level as {{ type_text() }}) as comparison_key,
        reached.account_key
    from reached
    inner join levels on reached.level >= levels.level

)

select * from final
