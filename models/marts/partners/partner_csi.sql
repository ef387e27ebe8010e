-- Question: how much does each partner add to customer outcomes over the whole
-- lifecycle? Grain: partner and month-end. 50 is as expected; a stage counts by its
-- weight and only where the partner was.
with

stages as (

    select * from {{ ref('partner_csi_stages') }}

),

weighed as (

    select
        stages.partner_key,
        stages.partner_name,
        stages.as_of_date,
        stages.is_latest,
        stages.definition_version,
        sum(stages.weight) as weight_in_book,
        -- work that nothing can be compared with reaches nothing
        sum(case
            when stages.presence is not null
                and (stages.presence = 0 or stages.stage_score is not null)
                then stages.weight
            else 0
        end) as weight_reached,
        sum(case
            when stages.presence > 0 and stages.stage_score is not null
                then stages.weight
        end) as weight_worked,
        sum({{ csi_points('stages.weight', 'stages.presence', 'stages.stage_score') }})
            as points,
        sum(case when stages.presence > 0 then stages.weight * stages.stage_score end)
            as quality_points,
        sum({{ csi_points_variance(
            'stages.weight', 'stages.presence', 'stages.stage_score',
            '(stages.effect_upper - stages.effect) / ' ~ rule('interval_z'),
            'reference_sds.reference_sd'
        ) }}) as variance_points,
        sum(stages.n_trials) as n_trials,
        max(stages.n_effective) as n_effective
    from stages
    inner join {{ ref('stages') }} as reference_sds
        on stages.stage = reference_sds.stage
    group by
        stages.partner_key,
        stages.partner_name,
        stages.as_of_date,
        stages.is_latest,
        stages.definition_version

),

scored as (

    select
        weighed.*,
        coalesce(counted.n_accounts, 0) as n_accounts,
        {{ rule('csi_neutral') }} + weighed.points / {{ all_stage_weights() }}
            as csi,
        {{ rule('interval_z') }} * sqrt(weighed.variance_points)
        / {{ all_stage_weights() }}
            as half_width,
        weighed.quality_points / weighed.weight_worked as csi_quality,
        weighed.weight_reached / weighed.weight_in_book as weight_coverage
    from weighed
    left join {{ ref('int_partner_account_counts') }} as counted
        on weighed.partner_key = counted.partner_key
        and weighed.as_of_date = counted.as_of_date

),

judged as (

    select
        scored.*,
        case
            when csi is null
                or n_effective < {{ rule('evidence_insufficient_below') }}
                or weight_coverage < {{ rule('min_weight_coverage') }}
                or n_accounts < {{ rule('min_csi_accounts') }}
                then 'insufficient'
            when n_effective < {{ rule('evidence_provisional_below') }}
                then 'provisional'
            else 'solid'
        end as evidence
    from scored

),

ranked as (

    select
        judged.*,
        rank() over (
            partition by
                as_of_date, case when evidence <> 'insufficient' then 1 else 0 end
            order by csi desc
        ) as rank_by_csi
    from judged

),

final as (

    select
        partner_key,
        partner_name,
        as_of_date,
        is_latest,
        csi,
        csi - half_width as csi_lower,
        csi + half_width as csi_upper,
        csi_quality,
        weight_coverage,
        cast(n_accounts as {{ dbt.type_bigint() }}) as n_accounts,
        cast(n_trials as {{ dbt.type_bigint() }}) as n_trials,
        evidence,
        case
            when evidence <> 'insufficient'
                then cast(rank_by_csi as {{ dbt.type_bigint() }})
        end as csi_rank,
        definition_version
    from ranked

)

select * from final
