-- Question: do scores and signals still look as they did when the model was trained?
-- Grain: month-end, model and feature, of the version in force; `score` are its points.
-- To act takes a large shift that chance would hardly make.
with

-- a bin that was empty and still is says nothing
bins as (

    select * from {{ ref('int_score_bin_counts') }}
    where n > 0 or n_trained > 0

),

month_ends as (

    select
        as_of_date,
        cast({{ dbt.date_trunc('month', 'as_of_date') }} as date) as month_date,
        is_latest
    from {{ ref('int_month_ends') }}

),

-- months of one account are alike: in training, too, it counts once
{{ population_shifts(
    'bins', ['as_of_date', 'model', 'model_version', 'feature'], 'n', 'n_trained',
    'cast(n_trained as ' ~ type_double() ~ ') / trained_months'
) }},

{# months whose data are known to be wrong; a score rests on all signals of its model #}
incidents as (

    select distinct
        month_ends.as_of_date,
        features.model,
        features.signal
    from {{ ref('known_incidents') }} as known
    inner join month_ends
        on known.from_date <= month_ends.as_of_date
        and coalesce(known.until_date, month_ends.as_of_date) >= month_ends.month_date
    inner join {{ ref('signals') }} as signals on known.stream = signals.source_stream
    inner join {{ ref('score_features') }} as features
        on signals.signal = features.signal

),

left_out as (

    select as_of_date, model, signal as feature from incidents
    union distinct
    select as_of_date, model, 'score' as feature from incidents

),

final as (

    select
        shifts.as_of_date,
        month_ends.is_latest,
        shifts.model,
        shifts.model_version,
        shifts.feature,
        cast(shifts.psi as {{ type_double() }}) as psi,
        cast(shifts.p_value as {{ type_double() }}) as p_value,
        {{ whole('shifts.n') }} as n,
        {{ whole('shifts.n_before') }} as n_trained,
        case
            when left_out.feature is not null then 'known_incident'
            when
                shifts.n < {{ rule('drift_min_accounts') }}
                or shifts.n_effective < {{ rule('drift_min_accounts') }}
                then 'too_few'
            when
                shifts.psi >= {{ rule('psi_act_from') }}
                and shifts.p_value < {{ rule('drift_p_below') }}
                then 'act'
            when shifts.psi >= {{ rule('psi_watch_from') }} then 'watch'
            else 'stable'
        end as status
    from shifts
    inner join month_ends on shifts.as_of_date = month_ends.as_of_date
    left join left_out
        on shifts.as_of_date = left_out.as_of_date
        and shifts.model = left_out.model
        and shifts.feature = left_out.feature

)

select * from final
