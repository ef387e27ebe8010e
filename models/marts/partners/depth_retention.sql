-- Question: do customers with deeper partners stay longer? Grain: level with customers,
-- by the deepest partner half a year after go-live. Against customers of the segment at
-- other levels; only contracts that were decided in the year after.
with

levels as (

    select level, level_name from {{ ref('depth_levels') }}

),

landmarks as (

    select level, outcome from {{ ref('int_depth_landmarks') }}

),

effects as (

    select * from {{ ref('int_depth_effects') }}

),

counted as (

    select level, count(*) as n_accounts, avg(outcome) as retention_rate
    from landmarks
    group by level

),

final as (

    select
        cast(levels.level as {{ dbt.type_bigint() }}) as level,
        levels.level_name,
        cast(counted.n_accounts as {{ dbt.type_bigint() }}) as n_accounts,
        counted.retention_rate as retention_rate_18m,
        {{ wilson(
            'counted.retention_rate', 'counted.n_accounts', rule('interval_z'), '-'
        ) }} as retention_lower,
        {{ wilson(
            'counted.retention_rate', 'counted.n_accounts', rule('interval_z'), '+'
        ) }} as retention_upper,
        effects.expected_outcome as expected_rate,
        effects.effect_raw as lift,
        effects.effect_raw - {{ rule('interval_z') }} * effects.effect_raw_sd
            as lift_lower,
        effects.effect_raw + {{ rule('interval_z') }} * effects.effect_raw_sd
            as lift_upper,
        {{ e_value('effects.expected_outcome', 'effects.effect_raw') }} as e_value,
        worth.ltv_to_date,
        worth.ltv_36m,
        worth.cost,
        case
            when counted.n_accounts < {{ rule('evidence_insufficient_below') }}
                or effects.effect_raw is null
                then 'insufficient'
            when counted.n_accounts < {{ rule('evidence_provisional_below') }}
                then 'provisional'
            else 'solid'
        end as evidence
    from levels
    inner join counted on levels.level = counted.level
    left join {{ ref('int_depth_values') }} as worth on levels.level = worth.level
    left join effects
        on cast(levels.level as {{ type_text() }}) = effects.partner_key

)

select * from final
