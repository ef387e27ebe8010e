-- Question: in which years as a live customer did an account speak up?
-- Grain: account and year from its go-live. Only years since the first voice of any
-- customer was recorded.
with

years as (

    select * from {{ ref('int_customer_years') }}

),

voices as (

    select account_key, spoken_date, is_advocacy from {{ ref('int_voices') }}

),

recorded as (

    select min(spoken_date) as recorded_from_date from voices

),

spoken as (

    select
        years.account_key,
        years.landmark_date,
        max(voices.is_advocacy) as is_advocacy
    from years
    inner join voices
        on years.account_key = voices.account_key
        and years.landmark_date < voices.spoken_date
        and years.resolved_date >= voices.spoken_date
    group by years.account_key, years.landmark_date

),

final as (

    select
        {{ surrogate_key(["'advocacy'", 'years.account_key', 'years.landmark_date']) }}
            as trial_key,
        'advocacy' as stage,
        'year' as trial_form,
        years.account_key,
        years.landmark_date as started_date,
        years.exposed_from_date,
        years.landmark_date,
        years.resolved_date,
        cast(coalesce(spoken.is_advocacy, 0) as {{ type_double() }}) as outcome
    from years
    inner join recorded on years.landmark_date >= recorded.recorded_from_date
    left join spoken
        on years.account_key = spoken.account_key
        and years.landmark_date = spoken.landmark_date

)

select * from final
