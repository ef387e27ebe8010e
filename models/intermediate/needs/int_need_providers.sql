-- Question: who meets which need of a live customer on each month-end, and how much of
-- it? Grain: month-end, account, need and provider (a partner, or `vendor`). Its
-- solutions count together; what covers nothing is no provider.
with

needs as (

    select as_of_date, is_latest, account_key, need, weight
    from {{ ref('int_need_weights') }}

),

active as (

    select * from {{ ref('int_solutions_active') }}

),

covered as (

    select
        needs.as_of_date,
        needs.is_latest,
        needs.account_key,
        needs.need,
        solution_needs.provider,
        solution_needs.provider_key,
        solution_needs.coverage * active.degree as coverage
    from needs
    inner join active
        on needs.as_of_date = active.as_of_date
        and needs.account_key = active.account_key
    inner join {{ ref('int_solution_needs') }} as solution_needs
        on active.solution_key = solution_needs.solution_key
        and needs.need = solution_needs.need
    where solution_needs.coverage > 0

),

final as (

    select
        as_of_date,
        is_latest,
        account_key,
        need,
        provider,
        provider_key,
        {{ whole('sum(case when coverage < 1 then 0 else 1 end)') }} as n_whole,
        sum({{ log_open('coverage') }}) as sum_log_open
    from covered
    group by as_of_date, is_latest, account_key, need, provider, provider_key

)

select * from final
