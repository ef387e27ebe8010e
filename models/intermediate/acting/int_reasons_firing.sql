-- Question: which reasons to act stood at which account on a month-end?
-- Grain: month-end, account and reason. All signals of a reason lie in their ranges; a
-- signal that is not known raises nothing.
with

reason_codes as (

    select * from {{ ref('reason_codes') }}
    where signal is not null

),

ranges as (

    select reason_code, signal, fires_from, fires_to, true as is_main
    from reason_codes
    union all
    select
        reason_code,
        also_signal as signal,
        also_from as fires_from,
        also_to as fires_to,
        false as is_main
    from reason_codes
    where also_signal is not null

),

conditions as (

    select
        ranges.*,
        count(*) over (partition by ranges.reason_code) as n_conditions
    from ranges

),

met as (

    select
        signals.as_of_date,
        signals.account_key,
        conditions.reason_code,
        max(conditions.n_conditions) as n_conditions,
        count(*) as n_met,
        max(case when conditions.is_main then signals.event_date end) as event_date
    from {{ ref('int_signals') }} as signals
    inner join conditions
        on signals.signal = conditions.signal
        and signals.value >= coalesce(conditions.fires_from, signals.value)
        and signals.value <= coalesce(conditions.fires_to, signals.value)
    group by signals.as_of_date, signals.account_key, conditions.reason_code

),

final as (

    select
        met.as_of_date,
        account_months.is_latest,
        met.account_key,
        met.reason_code,
        reason_codes.model,
        case when reason_codes.raised_on = 'event' then met.event_date end
            as event_date
    from met
    inner join reason_codes on met.reason_code = reason_codes.reason_code
    inner join {{ ref('int_account_months') }} as account_months
        on met.as_of_date = account_months.as_of_date
        and met.account_key = account_months.account_key
    where
        met.n_met = met.n_conditions
        and reason_codes.population in (
            'all',
            case when account_months.is_customer then 'customers' else 'prospects' end
        )

)

select * from final
