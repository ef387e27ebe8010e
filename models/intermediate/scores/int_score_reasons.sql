-- Question: what counts most in an account's risk and readiness, and what is missing
-- most? Grain: measure, month-end, account, kind and rank. What is not known is no
-- reason for anything, but may be missing.
with

bins as (

    select * from {{ ref('int_score_bins') }}
    where is_in_force

),

features as (

    select model, signal, reason_code from {{ ref('score_features') }}
    where reason_code is not null

),

targets as (

    select model, weight from {{ ref('score_targets') }}

),

weighed as (

    select
        case when bins.model = 'risk' then 'risk' else 'readiness' end as measure,
        bins.as_of_date,
        bins.account_key,
        features.reason_code,
        case when bins.model = 'risk' then 100 else targets.weight end as weight,
        bins.contribution,
        bins.contribution_max,
        bins.bin > 0 and bins.points > 0 as is_reason
    from bins
    inner join features
        on bins.model = features.model and bins.signal = features.signal
    inner join targets on bins.model = targets.model
    where bins.contribution_max > 0

),

counted as (

    select
        measure,
        as_of_date,
        account_key,
        reason_code,
        sum(case when is_reason then weight * contribution / 100 else 0 end) as reason,
        sum(weight * (contribution_max - contribution) / 100) as missing
    from weighed
    group by measure, as_of_date, account_key, reason_code

),

kinds as (

    {% for kind in ['reason', 'missing'] -%}
    {{ 'union all' if not loop.first }}
    select
        measure,
        as_of_date,
        account_key,
        '{{ kind }}' as kind,
        reason_code,
        {{ kind }} as contribution
    from counted
    where
        {{ six_places(kind) }} > 0
        and (measure = 'readiness' or '{{ kind }}' = 'reason')
    {% endfor %}
),

ranked as (

    select
        kinds.*,
        row_number() over (
            partition by measure, as_of_date, account_key, kind
            order by
                {{ six_places('contribution') }} desc,
                {{ dbt.hash('reason_code') }} asc
        ) as reason_rank
    from kinds

),

final as (

    select
        measure,
        as_of_date,
        account_key,
        kind,
        {{ whole('reason_rank') }} as reason_rank,
        reason_code,
        cast(contribution as {{ type_double() }}) as contribution
    from ranked
    where
        reason_rank <= case
            when kind = 'reason' then {{ rule('reasons_shown') }}
            else {{ rule('missing_shown') }}
        end

)

select * from final
