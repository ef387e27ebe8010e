-- Question: what did partners and the own team do or stand for at an account, and when?
-- Grain: touch, standing tie, or stated sourcing of a deal. The last counts for its own
-- deal's trial alone; what happened in a lapse is left out.
with

coverage as (

    select account_key, ended_date, returned_date
    from {{ ref('int_coverage') }}

),

touches as (

    select touches.*
    from {{ ref('int_touches') }} as touches
    left join coverage
        on touches.account_key = coverage.account_key
        and {{ in_force(
            'cast(touches.occurred_at as date)',
            'coverage.ended_date', 'coverage.returned_date'
        ) }}
    where coverage.account_key is null

),

final as (

    select
        touch_key as engagement_key,
        account_key,
        partner_key,
        touch_type,
        cast(occurred_at as date) as from_date,
        cast(occurred_at as date) as until_date,
        evidence,
        quality,
        cast(null as {{ type_text() }}) as only_trial_key
    from touches
    union all
    select
        tie_key as engagement_key,
        account_key,
        partner_key,
        'standing_tie' as touch_type,
        coalesce(started_date, cast('1900-01-01' as date)) as from_date,
        coalesce(ended_date, cast('9999-12-31' as date)) as until_date,
        evidence,
        cast(null as {{ type_double() }}) as quality,
        cast(null as {{ type_text() }}) as only_trial_key
    from {{ ref('int_ties') }}
    union all
    select
        deal_key as engagement_key,
        account_key,
        sourced_by_partner_key as partner_key,
        'sourcing_role' as touch_type,
        cast(created_at as date) as from_date,
        cast(created_at as date) as until_date,
        'declared' as evidence,
        cast(null as {{ type_double() }}) as quality,
        {{ surrogate_key(["'acquisition'", 'deal_key']) }} as only_trial_key
    from {{ ref('int_deals') }}
    where sourced_by_partner_key is not null

)

select * from final
