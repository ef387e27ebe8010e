-- Question: what speaks for an account having reached a milestone, and when?
-- Grain: account, milestone and basis. basis_order ranks what is stated above what is
-- inferred. Delivery has ended once there was none for some time, and is known then.
with

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

touches as (

    select
        touches.account_key,
        touches.occurred_at,
        touch_types.is_acquisition_type
    from {{ ref('int_touches') }} as touches
    inner join {{ ref('touch_types') }} as touch_types
        on touches.touch_type = touch_types.touch_type

),

weeks as (

    select account_key, cast(first_day as {{ dbt.type_timestamp() }}) as first_used_at
    from {{ ref('int_usage_weeks') }}

),

terms as (

    select account_key, term_start_date, arr, is_paid
    from {{ ref('int_terms') }}

),

found as (

    select
        members.organisation_key as account_key,
        milestones.milestone,
        'stated' as basis,
        1 as basis_order,
        milestones.occurred_at
    from {{ ref('stg_milestones') }} as milestones
    inner join members
        on milestones.account_source = members.source
        and milestones.account_id = members.source_id
    union all
    select members.organisation_key, 'need', 'stated_need', 1, needs.stated_at
    from {{ ref('stg_needs') }} as needs
    inner join members
        on needs.account_source = members.source
        and needs.account_id = members.source_id
    where needs.stated_at is not null
    union all
    select account_key, 'need', 'deal_created', 1, created_at
    from {{ ref('int_deals') }}
    union all
    select account_key, 'need', 'acquisition_touch', 1, occurred_at
    from touches
    where is_acquisition_type
    union all
    select account_key, 'selected', 'deal_won', 2, closed_at
    from {{ ref('int_deals') }}
    where kind = 'new' and status = 'won' and closed_at is not null
    union all
    select
        account_key,
        'selected',
        'first_subscription',
        3,
        cast(term_start_date as {{ dbt.type_timestamp() }})
    from terms
    where is_paid and arr > 0
    union all
    select account_key, 'go_live', 'first_usage', 2, first_used_at
    from weeks
    union all
    select account_key, 'go_live', 'delivery_ended', 3, delivered_at
    from {{ ref('int_deliveries') }}
    union all
    select
        account_key,
        'first_value',
        'activation',
        2,
        cast(activated_date as {{ dbt.type_timestamp() }})
    from {{ ref('int_activations') }}

),

dated as (

    select
        account_key,
        milestone,
        basis,
        basis_order,
        case when milestone = 'churned' then max(occurred_at) else min(occurred_at) end
            as occurred_at
    from found
    group by account_key, milestone, basis, basis_order

),

final as (

    select
        dated.*,
        case
            when basis = 'delivery_ended'
                then {{ add_days('occurred_at', rule('delivery_pause_days')) }}
            else cast(occurred_at as date)
        end as known_date
    from dated

)

select * from final
