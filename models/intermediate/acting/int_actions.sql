-- Question: which reason did a play that somebody carried out answer? Grain: action.
-- The latest reason raised before it that it names, or else that asks for its play; a
-- state seen at a month-end may have been answered in the month before.
with

actions as (

    select
        {{ surrogate_key(["'action'", 'actions.source', 'actions.source_id']) }}
            as action_key,
        members.organisation_key as account_key,
        actions.play,
        actions.reason_code,
        actions.raised_at as stated_raised_at,
        actions.acted_at,
        coalesce(actions.is_holdout, false) as is_holdout
    from {{ ref('stg_actions') }} as actions
    inner join {{ ref('stg_organisation_members') }} as members
        on members.stream = 'accounts'
        and actions.account_source = members.source
        and actions.account_id = members.source_id

),

raised as (

    select
        raised.account_key,
        raised.reason_code,
        raised.raised_date,
        raised.possible_from_date,
        raised.cleared_date,
        reason_codes.play
    from {{ ref('int_reasons_raised') }} as raised
    inner join {{ ref('reason_codes') }} as reason_codes
        on raised.reason_code = reason_codes.reason_code

),

answered as (

    select
        actions.action_key,
        raised.reason_code,
        raised.raised_date,
        row_number() over (
            partition by actions.action_key
            order by
                case when raised.raised_date <= cast(actions.acted_at as date) then 0
                    else 1
                end asc,
                raised.raised_date desc,
                raised.reason_code asc
        ) as raise_order
    from actions
    inner join raised
        on actions.account_key = raised.account_key
        and cast(actions.acted_at as date) >= raised.possible_from_date
        and cast(actions.acted_at as date)
        <= {{ add_days('raised.raised_date', rule('action_window_days')) }}
        and raised.reason_code = coalesce(actions.reason_code, raised.reason_code)
        and (actions.reason_code is not null or actions.play = raised.play)

),

final as (

    select
        actions.*,
        answered.reason_code as answered_reason_code,
        answered.raised_date
    from actions
    left join answered
        on actions.action_key = answered.action_key
        and answered.raise_order = 1

)

select * from final
