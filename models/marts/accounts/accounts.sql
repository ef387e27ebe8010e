-- Question: who are the customers and prospects, and where does each stand today?
-- Grain: account.
with

accounts as (

    select * from {{ ref('int_accounts') }}

),

milestones as (

    select * from {{ ref('int_account_milestones') }}

),

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

spans as (

    select account_key, stage from {{ ref('int_stage_spans') }}
    where ended_at is null

),

parents as (

    select * from {{ ref('int_account_parents') }}

),

terms as (

    select
        terms.account_key,
        sum(case
            when terms.arr_until_date is null
                or terms.arr_until_date > as_of.as_of_date
                then terms.arr
            else 0
        end) as arr,
        min(case
            when terms.outcome = 'open' and terms.decision_date >= as_of.as_of_date
                then terms.decision_date
        end) as next_renewal_date
    from {{ ref('int_terms') }} as terms
    cross join as_of
    where terms.is_paid
    group by terms.account_key

),

final as (

    select
        accounts.account_key,
        accounts.account_name,
        accounts.domain,
        accounts.country,
        accounts.industry,
        accounts.segment,
        accounts.size_band,
        parents.parent_account_key,
        parents.ultimate_parent_account_key,
        cast(accounts.n_source_records as {{ dbt.type_bigint() }}) as n_source_records,
        spans.stage as lifecycle_stage,
        cast(milestones.need_at as date) as need_date,
        cast(milestones.selected_at as date) as selected_date,
        cast(milestones.live_at as date) as live_date,
        cast(milestones.value_at as date) as value_date,
        cast(milestones.churned_at as date) as churned_date,
        terms.next_renewal_date,
        cast(coalesce(terms.arr, 0) as {{ type_double() }}) as arr,
        milestones.has_dates_out_of_order
    from accounts
    left join milestones on accounts.account_key = milestones.account_key
    left join spans on accounts.account_key = spans.account_key
    left join terms on accounts.account_key = terms.account_key
    left join parents on accounts.account_key = parents.account_key

)

select * from final
