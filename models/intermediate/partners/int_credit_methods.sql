-- Question: how much of a stage's outcomes does each way of crediting give to whom?
-- Grain: stage, method and partner, as of as_of_date. All but `sourced_only` divide the
-- same touches; `measured` counts standing ties and stated roles too.
with

month_end as (

    select as_of_date from {{ ref('int_month_ends') }}
    where is_latest

),

trials as (

    select
        trials.stage,
        trials.trial_key,
        trials.outcome,
        trials.sourced_by_partner_key
    from {{ ref('int_trials_windowed') }} as trials
    inner join month_end on trials.as_of_date = month_end.as_of_date

),

credits as (

    select trial_key, partner_key, credit from {{ ref('int_trial_credits') }}

),

touches as (

    select
        exposures.trial_key,
        exposures.partner_key,
        rank() over (
            partition by exposures.trial_key
            order by
                exposures.latest_date,
                case when exposures.partner_key = 'own_team' then 1 else 0 end
        ) as rank_from_first,
        rank() over (
            partition by exposures.trial_key
            order by
                exposures.latest_date desc,
                case when exposures.partner_key = 'own_team' then 1 else 0 end asc
        ) as rank_from_last,
        count(*) over (partition by exposures.trial_key) as n_touches
    from {{ ref('int_trial_exposures') }} as exposures
    inner join {{ ref('touch_types') }} as touch_types
        on exposures.touch_type = touch_types.touch_type
        and touch_types.is_recordable

),

ends as (

    {% for method in ['first', 'last'] -%}
    select trial_key, partner_key, '{{ method }}' as method
    from touches
    where rank_from_{{ method }} = 1
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

{# partners there on the same day share it #}
shared as (

    select
        trial_key,
        partner_key,
        method,
        1 / cast(
            count(*) over (partition by trial_key, method) as {{ type_double() }}
        ) as credit
    from ends
    union all
    select
        trial_key,
        partner_key,
        'linear' as method,
        count(*) / cast(max(n_touches) as {{ type_double() }}) as credit
    from touches
    group by trial_key, partner_key
    union all
    select
        trial_key,
        coalesce(sourced_by_partner_key, 'own_team') as partner_key,
        'sourced_only' as method,
        1 as credit
    from trials
    union all
    select trial_key, partner_key, 'measured' as method, credit
    from credits

),

final as (

    select
        trials.stage,
        shared.method,
        shared.partner_key,
        sum(shared.credit * trials.outcome) as outcomes
    from shared
    inner join trials on shared.trial_key = trials.trial_key
    group by trials.stage, shared.method, shared.partner_key

)

select * from final
