-- Question: which reasons to act were raised, and how soon did anybody act?
-- Grain: account, reason and day raised. Held out by a stable hash, or because a source
-- says so; what a source logs for a control is no action.
with

raised as (

    select
        account_key,
        reason_code,
        raised_date,
        possible_from_date,
        cleared_date
    from {{ ref('int_reasons_raised') }}
    where is_start_known

),

reason_codes as (

    select reason_code, model, play, is_urgent from {{ ref('reason_codes') }}

),

acted as (

    select
        account_key,
        answered_reason_code as reason_code,
        raised_date,
        -- a source may know better than the month-end when a state began
        min(case when not is_holdout then stated_raised_at end) as stated_raised_at,
        min(case when not is_holdout then acted_at end) as first_action_at,
        max(case when is_holdout then 1 else 0 end) as is_held_out
    from {{ ref('int_actions') }}
    where answered_reason_code is not null
    group by account_key, answered_reason_code, raised_date

),

joined as (

    select
        raised.account_key,
        raised.reason_code,
        reason_codes.model,
        reason_codes.play,
        reason_codes.is_urgent,
        raised.raised_date,
        case
            when cast(acted.stated_raised_at as date) >= raised.possible_from_date
                and cast(acted.stated_raised_at as date) < raised.raised_date
                and acted.stated_raised_at <= acted.first_action_at
                then acted.stated_raised_at
            when acted.first_action_at
                < cast(raised.raised_date as {{ dbt.type_timestamp() }})
                then acted.first_action_at
            else cast(raised.raised_date as {{ dbt.type_timestamp() }})
        end as raised_at,
        acted.first_action_at,
        raised.cleared_date,
        {{ stable_share([
            'raised.account_key',
            'raised.reason_code',
            'cast(' ~ rule('holdout_salt') ~ ' as bigint)',
        ]) }} < {{ rule('holdout_share') }}
        or coalesce(acted.is_held_out, 0) = 1 as is_holdout
    from raised
    inner join reason_codes on raised.reason_code = reason_codes.reason_code
    left join acted
        on raised.account_key = acted.account_key
        and raised.reason_code = acted.reason_code
        and raised.raised_date = acted.raised_date

),

final as (

    select
        account_key,
        reason_code,
        model,
        play,
        is_urgent,
        raised_date,
        raised_at,
        first_action_at,
        {{ hours_between('raised_at', 'first_action_at') }} as hours_to_action,
        cleared_date,
        is_holdout
    from joined

)

select * from final
