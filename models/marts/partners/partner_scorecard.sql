-- Question: which partner fills the pipeline, which keeps the customers, where do the
-- two disagree? Grain: partner. The label comes from pipeline and the certainty of the
-- retention effect, never from a gap of ranks.
with

partners as (

    select partner_key, partner_name, partner_type, tier from {{ ref('partners') }}
    where partner_key <> 'own_team'

),

pipeline as (

    select * from {{ ref('int_partner_pipeline') }}

),

csi as (

    select * from {{ ref('partner_csi') }}
    where is_latest

),

retention as (

    select * from {{ ref('partner_csi_stages') }}
    where is_latest and stage = 'retention'

),

sourcing as (

    select effects.partner_key, effects.effect
    from {{ ref('int_sourcing_effects') }} as effects
    inner join {{ ref('int_month_ends') }} as month_ends
        on effects.as_of_date = month_ends.as_of_date
        and month_ends.is_latest

),

figures as (

    select * from {{ ref('int_partner_figures') }}

),

ranked as (

    select
        partners.*,
        coalesce(pipeline.sourced_pipeline, 0) as sourced_pipeline,
        coalesce(pipeline.influenced_pipeline, 0) as influenced_pipeline,
        coalesce(pipeline.won_deals, 0) as won_deals,
        pipeline.win_rate,
        rank() over (
            order by coalesce(pipeline.sourced_pipeline, 0) desc
        ) as pipeline_rank,
        -- partners of equal pipeline share the lower half of the list with the last of
        -- them
        count(*) over () + 1 - rank() over (
            order by coalesce(pipeline.sourced_pipeline, 0)
        ) as pipeline_rank_from_below,
        count(*) over () as n_partners
    from partners
    left join pipeline on partners.partner_key = pipeline.partner_key

),

final as (

    select
        ranked.partner_key,
        ranked.partner_name,
        ranked.partner_type,
        ranked.tier,
        cast(ranked.sourced_pipeline as {{ type_double() }}) as sourced_pipeline,
        cast(ranked.influenced_pipeline as {{ type_double() }}) as influenced_pipeline,
        cast(ranked.won_deals as {{ dbt.type_bigint() }}) as won_deals,
        ranked.win_rate,
        cast(ranked.pipeline_rank as {{ dbt.type_bigint() }}) as pipeline_rank,
        csi.csi,
        csi.csi_lower,
        csi.csi_upper,
        csi.csi_rank,
        csi.evidence,
        cast(ranked.pipeline_rank as {{ dbt.type_bigint() }}) - csi.csi_rank
            as rank_gap,
        {{ paradox('ranked', 'retention') }} as paradox,
        discovery.cde_pct,
        completeness.ecs_marginal,
        depth.mean_level,
        retention.effect as retention_effect,
        retention.effect_lower as retention_effect_lower,
        retention.effect_upper as retention_effect_upper,
        sourcing.effect as sourced_retention_effect,
        cast(figures.ltv_per_customer as {{ type_double() }}) as ltv_per_customer,
        cast(figures.escalations_per_account as {{ type_double() }})
            as escalations_per_account,
        cast(figures.nps as {{ type_double() }}) as nps,
        cast(figures.cost as {{ type_double() }}) as cost,
        cast(figures.cost_share_pct as {{ type_double() }}) as cost_share_pct,
        cast(figures.retention_share_pct as {{ type_double() }}) as retention_share_pct
    from ranked
    left join csi on ranked.partner_key = csi.partner_key
    left join retention on ranked.partner_key = retention.partner_key
    left join {{ ref('partner_cde') }} as discovery
        on ranked.partner_key = discovery.partner_key
    left join {{ ref('partner_ecs') }} as completeness
        on ranked.partner_key = completeness.partner_key
    left join {{ ref('partner_depth') }} as depth
        on ranked.partner_key = depth.partner_key
    left join sourcing on ranked.partner_key = sourcing.partner_key
    left join figures on ranked.partner_key = figures.partner_key

)

select * from final
