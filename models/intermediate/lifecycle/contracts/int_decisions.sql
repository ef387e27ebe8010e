-- Question: what followed when contract terms of an account came up for decision?
-- Grain: decision. What follows starts within the grace period, and side by side with
-- the first that does: of monthly terms only the next.
with

terms as (

    select * from {{ ref('int_terms_grouped') }}
    where is_paid

),

decisions as (

    select
        account_key,
        decision_key,
        min(decision_date) as first_decision_date,
        max(decision_date) as last_decision_date,
        min(term_start_date) as first_start_date,
        sum(arr) as arr,
        sum(case when coalesce(stated_outcome, '') <> 'churned' then arr else 0 end)
            as arr_not_stated_lost,
        max(case when coalesce(stated_outcome, '') <> 'churned' then 1 else 0 end)
            as n_not_stated_lost
    from terms
    where decision_key is not null
    group by account_key, decision_key

),

products as (

    select distinct decision_key, product
    from terms
    where decision_key is not null and product is not null

),

{# of several decisions a term can follow: its own product's, then one that is past #}
candidates as (

    select
        decisions.decision_key,
        terms.term_key,
        terms.term_start_date,
        coalesce(terms.runs_until_date, cast('9999-12-31' as date)) as runs_until_date,
        terms.arr,
        row_number() over (
            partition by terms.term_key
            order by
                case when renewable.product is null then 1 else 0 end,
                case
                    when terms.term_start_date >= decisions.first_decision_date then 0
                    else 1
                end,
                abs({{ dbt.datediff(
                    'decisions.last_decision_date', 'terms.term_start_date', 'day'
                ) }}),
                decisions.last_decision_date,
                decisions.decision_key
        ) as nearness
    from decisions
    inner join terms
        on decisions.account_key = terms.account_key
        and decisions.decision_key <> coalesce(terms.decision_key, '')
        and decisions.first_start_date < terms.term_start_date
        and terms.term_start_date >= {{ add_days(
            'decisions.first_decision_date', '-1 * ' ~ rule('grace_days')
        ) }}
        and terms.term_start_date <= {{ add_days(
            'decisions.last_decision_date', rule('grace_days')
        ) }}
    left join products as renewable
        on decisions.decision_key = renewable.decision_key
        and terms.product = renewable.product

),

following as (

    select
        decision_key,
        term_start_date,
        arr,
        first_value(term_start_date) over (
            partition by decision_key order by term_start_date, term_key
        ) as first_following_start_date,
        first_value(runs_until_date) over (
            partition by decision_key order by term_start_date, term_key
        ) as first_following_end_date
    from candidates
    where nearness = 1

),

followed as (

    select
        decision_key,
        min(first_following_start_date) as following_start_date,
        sum(arr) as following_arr
    from following
    where
        term_start_date = first_following_start_date
        or term_start_date < first_following_end_date
    group by decision_key

),

final as (

    select
        decisions.*,
        followed.following_start_date,
        coalesce(followed.following_arr, 0) as following_arr,
        case
            when followed.decision_key is null or decisions.n_not_stated_lost = 0 then 0
            when decisions.arr_not_stated_lost = 0 then 1
            else followed.following_arr / decisions.arr_not_stated_lost
        end as kept_ratio
    from decisions
    left join followed on decisions.decision_key = followed.decision_key

)

select * from final
