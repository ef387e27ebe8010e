-- Question: how do customers come out in each stage with this partner, against what was
-- expected without it?
-- Grain: partner, month-end and stage that has trials in this book.
with

stages as (

    select * from {{ ref('int_partner_stages') }}

),

month_ends as (

    select as_of_date, is_latest from {{ ref('int_month_ends') }}

),

partners as (

    select partner_key, partner_name from {{ ref('partners') }}

),

bounded as (

    select
        stages.*,
        effect_raw - {{ rule('interval_z') }} * effect_raw_sd as effect_raw_lower,
        effect_raw + {{ rule('interval_z') }} * effect_raw_sd as effect_raw_upper,
        effect - {{ rule('interval_z') }} * effect_sd as effect_lower,
        effect + {{ rule('interval_z') }} * effect_sd as effect_upper
    from stages

),

final as (

    select
        bounded.partner_key,
        partners.partner_name,
        bounded.as_of_date,
        month_ends.is_latest,
        bounded.stage,
        cast(bounded.weight as {{ type_double() }}) as weight,
        bounded.presence,
        cast(coalesce(bounded.n_accounts, 0) as {{ dbt.type_bigint() }}) as n_accounts,
        cast(bounded.n_trials as {{ dbt.type_bigint() }}) as n_trials,
        bounded.n_effective,
        bounded.outcome,
        bounded.expected_outcome,
        bounded.effect_raw,
        bounded.effect_raw_lower,
        bounded.effect_raw_upper,
        bounded.effect,
        bounded.effect_lower,
        bounded.effect_upper,
        bounded.p_below_zero,
        bounded.stage_score,
        bounded.comparable_share,
        cast(bounded.early_losses as {{ dbt.type_bigint() }}) as early_losses,
        {{ e_value('bounded.expected_outcome', 'bounded.effect') }} as e_value,
        case
            when bounded.effect_lower <= 0 and bounded.effect_upper >= 0 then 1
            when bounded.effect_lower > 0
                then {{ e_value('bounded.expected_outcome', 'bounded.effect_lower') }}
            else {{ e_value('bounded.expected_outcome', 'bounded.effect_upper') }}
        end as e_value_bound,
        bounded.evidence,
        definition.definition_version
    from bounded
    inner join partners on bounded.partner_key = partners.partner_key
    inner join month_ends on bounded.as_of_date = month_ends.as_of_date
    cross join {{ ref('int_definition_version') }} as definition

)

select * from final
