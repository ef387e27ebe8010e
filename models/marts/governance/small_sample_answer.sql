-- Question: in a small book, is a partner (or any after the sale, or a depth) more
-- often at the customers kept than at those lost? Grain: comparison. Only books up to
-- the size of rule small_book_accounts; larger ones are measured by CSI.
with

compared as (

    select
        compared.*,
        {{ surrogate_key(['comparison_type', 'comparison_key']) }} as group_key
    from {{ ref('int_small_book_groups') }} as compared

),

judged as (

    select distinct account_key
    from {{ ref('int_terms') }}
    where outcome in ('renewed', 'expanded', 'contracted', 'churned')

),

decided as (

    select
        milestones.account_key,
        case when milestones.churned_at is null then 1 else 0 end as is_kept
    from {{ ref('int_account_milestones') }} as milestones
    inner join judged on milestones.account_key = judged.account_key

),

book as (

    select
        count(*) as n_accounts,
        sum(is_kept) as n_kept,
        sum(1 - is_kept) as n_lost
    from decided

),

tables as (

    select
        compared.group_key,
        max(compared.comparison_type) as comparison_type,
        max(compared.comparison_key) as comparison_key,
        {{ whole('sum(decided.is_kept)') }} as a,
        {{ whole('sum(1 - decided.is_kept)') }} as b,
        {{ whole('max(book.n_kept) - sum(decided.is_kept)') }} as c,
        {{ whole('max(book.n_lost) - sum(1 - decided.is_kept)') }} as d
    from compared
    inner join decided on compared.account_key = decided.account_key
    cross join book
    where book.n_accounts <= {{ rule('small_book_accounts') }}
    group by compared.group_key

),

{{ fisher_one_sided('tables', 'group_key') }},

ordered as (

    select
        tables.*,
        fisher_tested.fisher_p,
        count(*) over (partition by tables.comparison_type) as n_tried,
        row_number() over (
            partition by tables.comparison_type
            order by fisher_tested.fisher_p, tables.comparison_key
        ) as p_order
    from tables
    inner join fisher_tested on tables.group_key = fisher_tested.group_key

),

{# Holm, among comparisons of one kind: the smallest p counts for all that were tried,
   the next for one less, and none below a smaller one #}
adjusted as (

    select
        ordered.*,
        max(least(1, fisher_p * (n_tried - p_order + 1))) over (
            partition by comparison_type
            order by p_order rows between unbounded preceding and current row
        ) as fisher_p_adjusted
    from ordered

),

worded as (

    select
        adjusted.*,
        {{ small_book_comparison('partners.partner_name') }} as comparison,
        adjusted.fisher_p_adjusted <= {{ rule('small_book_significance') }}
            as is_significant
    from adjusted
    left join {{ ref('partners') }} as partners
        on adjusted.comparison_key = partners.partner_key

),

final as (

    select
        comparison_type,
        comparison_key,
        comparison,
        a as retained_with,
        c as retained_without,
        b as churned_with,
        d as churned_without,
        cast(fisher_p as {{ type_double() }}) as fisher_p,
        cast(fisher_p_adjusted as {{ type_double() }}) as fisher_p_adjusted,
        cast(n_tried as {{ dbt.type_bigint() }}) as n_tried,
        {{ small_book_sentence() }} as sentence
    from worded

)

select * from final
