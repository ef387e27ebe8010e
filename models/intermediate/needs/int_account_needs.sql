-- Question: to what degree was each need of a live customer met on a month-end, and is
-- that known? Grain: month-end, account and need. Known if something meets it, or a
-- solution of the catalogue covers it and its provider would have been seen there.
{% set sides = ['vendor', 'partner'] %}
with

needs as (

    select * from {{ ref('int_need_weights') }}

),

live as (

    select as_of_date, account_key, arr, shows_vendor, shows_partners
    from {{ ref('int_live_accounts') }}

),

taxonomy as (

    select need from {{ ref('needs') }}

),

offered as (

    select
        need,
        max(case when provider = 'vendor' then 1 else 0 end) as by_vendor,
        max(case when provider = 'partner' then 1 else 0 end) as by_partners
    from {{ ref('int_solution_needs') }}
    group by need

),

met as (

    select
        as_of_date,
        account_key,
        need,
        {% for side in sides -%}
        sum(case when provider = '{{ side }}' then n_whole else 0 end)
            as n_whole_{{ side }},
        sum(case when provider = '{{ side }}' then sum_log_open else 0 end)
            as sum_log_open_{{ side }},
        {% endfor -%}
        count(*) as n_providers,
        sum(n_whole) as n_whole,
        sum(sum_log_open) as sum_log_open
    from {{ ref('int_need_providers') }}
    group by as_of_date, account_key, need

),

final as (

    select
        needs.as_of_date,
        needs.is_latest,
        needs.account_key,
        needs.segment,
        live.arr,
        needs.need,
        needs.weight,
        needs.basis,
        taxonomy.need is not null as is_in_taxonomy,
        offered.need is not null as is_offered,
        met.need is not null
        or coalesce(offered.by_vendor = 1 and live.shows_vendor, false)
        or coalesce(offered.by_partners = 1 and live.shows_partners, false)
            as is_known,
        {{ whole('coalesce(met.n_providers, 0)') }} as n_providers,
        {{ whole('coalesce(met.n_whole, 0)') }} as n_whole,
        coalesce(met.sum_log_open, 0) as sum_log_open,
        {% for side in sides -%}
        {{ combined_coverage(
            'met.n_whole_' ~ side, 'coalesce(met.sum_log_open_' ~ side ~ ', 0)'
        ) }} as degree_{{ side }},
        {% endfor -%}
        {{ combined_coverage('met.n_whole', 'coalesce(met.sum_log_open, 0)') }}
            as degree
    from needs
    inner join live
        on needs.as_of_date = live.as_of_date
        and needs.account_key = live.account_key
    left join taxonomy on needs.need = taxonomy.need
    left join offered on needs.need = offered.need
    left join met
        on needs.as_of_date = met.as_of_date
        and needs.account_key = met.account_key
        and needs.need = met.need

)

select * from final
