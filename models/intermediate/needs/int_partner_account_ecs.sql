-- Question: how much of what a live customer needs does a partner meet, and how much of
-- it would be lost with it? Grain: month-end, account and partner that is there or
-- meets a need. What others also cover is not lost.
with

needs as (

    select
        as_of_date,
        account_key,
        need,
        weight,
        n_providers,
        n_whole,
        sum_log_open,
        degree
    from {{ ref('int_account_needs') }}
    where is_known

),

providers as (

    select * from {{ ref('int_need_providers') }}
    where provider = 'partner' and provider_key <> 'unnamed'

),

parts as (

    select
        providers.as_of_date,
        providers.account_key,
        providers.provider_key as partner_key,
        needs.weight * {{ combined_coverage(
            'providers.n_whole', 'providers.sum_log_open'
        ) }} as met_weight,
        needs.weight * (
            needs.degree - {{ combined_coverage(
                'needs.n_whole - providers.n_whole',
                'needs.sum_log_open - providers.sum_log_open'
            ) }}
        ) as lost_weight,
        case when needs.n_providers = 1 then 1 else 0 end as is_sole
    from providers
    inner join needs
        on providers.as_of_date = needs.as_of_date
        and providers.account_key = needs.account_key
        and providers.need = needs.need
    union all
    select
        as_of_date,
        account_key,
        partner_key,
        0 as met_weight,
        0 as lost_weight,
        0 as is_sole
    from {{ ref('int_partner_presence') }}
    where is_present

),

summed as (

    select
        as_of_date,
        account_key,
        partner_key,
        sum(met_weight) as met_weight,
        sum(lost_weight) as lost_weight,
        sum(is_sole) as n_sole_needs
    from parts
    group by as_of_date, account_key, partner_key

),

final as (

    select
        summed.as_of_date,
        scores.is_latest,
        summed.account_key,
        scores.segment,
        summed.partner_key,
        100 * summed.met_weight / nullif(scores.known_weight, 0) as ecs_breadth,
        100 * summed.lost_weight / nullif(scores.known_weight, 0) as ecs_marginal,
        100 * summed.lost_weight / nullif(scores.met_weight, 0) as lost_pct,
        {{ whole('summed.n_sole_needs') }} as n_sole_needs
    from summed
    inner join {{ ref('int_account_ecs') }} as scores
        on summed.as_of_date = scores.as_of_date
        and summed.account_key = scores.account_key

)

select * from final
