-- Question: which needs of our customers does nobody meet, and so what should the next
-- partner bring? Grain: segment (and `all`) and need, as of as_of_date. Weight is what
-- is met, unmet, not offered by anybody or unknown; rank 1 leaves most open.
with

needs as (

    select
        segment,
        account_key,
        need,
        weight,
        arr,
        is_in_taxonomy,
        is_known,
        is_offered,
        degree,
        case when is_offered then 0 else 1 end as is_missing
    from {{ ref('int_account_needs') }}
    where is_latest

),

labels as (

    select need, label from {{ ref('needs') }}

),

offers as (

    select
        need,
        count(distinct case when provider = 'partner' then provider_key end)
            as n_partners_offering
    from {{ ref('int_solution_needs') }}
    where coverage > 0
    group by need

),

listed as (

    select needs.*, segment as cohort from needs
    union all
    select needs.*, 'all' as cohort from needs

),

opened as (

    select
        listed.*,
        case
            when is_missing = 1 and not is_known then 1
            when is_known and degree < {{ rule('need_met_from') }} then 1
            else 0
        end as is_open
    from listed

),

summed as (

    select
        cohort as segment,
        need,
        max(case when is_in_taxonomy then 1 else 0 end) as in_taxonomy,
        count(*) as n_accounts_needing,
        sum(is_open) as n_accounts,
        sum(case when is_open = 1 then arr else 0 end) as arr,
        sum(weight) as weight,
        sum(case when is_known then weight * degree else 0 end) as weight_met,
        sum(case when is_known then weight * (1 - degree) else 0 end) as weight_unmet,
        sum(case when is_missing = 1 and not is_known then weight else 0 end)
            as weight_not_offered,
        sum(case when is_missing = 0 and not is_known then weight else 0 end)
            as weight_unknown
    from opened
    group by cohort, need

),

ranked as (

    select
        summed.*,
        row_number() over (
            partition by segment
            order by
                {{ six_places('weight_unmet + weight_not_offered') }} desc, need asc
        ) as need_rank
    from summed

),

final as (

    select
        ranked.segment,
        ranked.need,
        coalesce(labels.label, ranked.need) as need_label,
        ranked.in_taxonomy = 1 as is_in_taxonomy,
        {{ whole('ranked.need_rank') }} as need_rank,
        cast(ranked.weight_unmet as {{ type_double() }}) as weight_unmet,
        cast(ranked.weight_not_offered as {{ type_double() }}) as weight_not_offered,
        cast(ranked.weight_unknown as {{ type_double() }}) as weight_unknown,
        cast(ranked.weight_met as {{ type_double() }}) as weight_met,
        cast(ranked.weight as {{ type_double() }}) as weight,
        {{ whole('ranked.n_accounts') }} as n_accounts,
        {{ whole('ranked.n_accounts_needing') }} as n_accounts_needing,
        cast(ranked.arr as {{ type_double() }}) as arr,
        {{ whole('coalesce(offers.n_partners_offering, 0)') }} as n_partners_offering,
        referrals.could_refer,
        referrals.n_accounts as could_refer_accounts
    from ranked
    left join labels on ranked.need = labels.need
    left join offers on ranked.need = offers.need
    left join {{ ref('int_need_referrals') }} as referrals
        on ranked.segment = referrals.segment
        and ranked.need = referrals.need

)

select * from final
