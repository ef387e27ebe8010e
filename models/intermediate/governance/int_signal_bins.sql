-- Question: in which fifth of its month did each signal of an account lie? Grain:
-- month-end, population, account and signal that a card asks for. Equal values lie
-- together. Not a card's bins: what its card does not use is judged like any other.
with

months as (

    select as_of_date, account_key, is_customer from {{ ref('int_account_months') }}

),

asked as (

    select distinct targets.population, features.signal
    from {{ ref('score_features') }} as features
    inner join {{ ref('score_targets') }} as targets
        on features.model = targets.model

),

signals as (

    select as_of_date, account_key, signal, value from {{ ref('int_signals') }}

),

ranked as (

    select
        signals.as_of_date,
        asked.population,
        signals.account_key,
        signals.signal,
        rank() over (
            partition by signals.as_of_date, asked.population, signals.signal
            order by signals.value
        ) as place,
        count(*) over (
            partition by signals.as_of_date, asked.population, signals.signal
        ) as n
    from signals
    inner join asked on signals.signal = asked.signal
    inner join months
        on signals.as_of_date = months.as_of_date
        and signals.account_key = months.account_key
    where
        asked.population = 'all'
        or (asked.population = 'customers' and months.is_customer)
        or (asked.population = 'prospects' and not months.is_customer)

),

final as (

    select
        as_of_date,
        population,
        account_key,
        signal,
        1 + {{ whole(
            'floor(' ~ rule('signal_value_bins') ~ ' * (place - 1) / n)'
        ) }} as bin
    from ranked

)

select * from final
