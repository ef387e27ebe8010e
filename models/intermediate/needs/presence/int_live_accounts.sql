-- Question: which accounts were live customers on a month-end, and what could be seen
-- there? Grain: month-end and account. Live with a running paid term; in a book without
-- contract terms, from selection to a stated churn.
with

month_ends as (

    select as_of_date, is_latest from {{ ref('int_month_ends') }}

),

accounts as (

    select account_key, segment from {{ ref('int_accounts') }}

),

first_term as (

    select min(term_start_date) as first_term_date
    from {{ ref('int_terms') }}
    where is_paid

),

running as (

    select
        as_of_date,
        account_key,
        sum(arr) as arr,
        1 as has_term
    from {{ ref('int_terms_running') }}
    group by as_of_date, account_key

),

selected as (

    select account_key, min(cast(occurred_at as date)) as selected_date
    from {{ ref('int_milestones') }}
    where milestone = 'selected'
    group by account_key

),

stated as (

    select
        selected.account_key,
        selected.selected_date,
        min(churned.churned_date) as churned_date
    from selected
    left join {{ ref('int_churns_stated') }} as churned
        on selected.account_key = churned.account_key
        and selected.selected_date <= churned.churned_date
    group by selected.account_key, selected.selected_date

),

live as (

    select * from running
    union all
    select
        month_ends.as_of_date,
        stated.account_key,
        0 as arr,
        0 as has_term
    from stated
    inner join month_ends
        on stated.selected_date <= month_ends.as_of_date
        and month_ends.as_of_date
        < coalesce(stated.churned_date, cast('9999-12-31' as date))
    cross join first_term
    where
        first_term.first_term_date is null
        or month_ends.as_of_date < first_term.first_term_date

),

final as (

    select
        live.as_of_date,
        month_ends.is_latest,
        live.account_key,
        accounts.segment,
        cast(live.arr as {{ type_double() }}) as arr,
        live.has_term = 1 as shows_vendor,
        coalesce(signs.sign_date <= live.as_of_date, false) as shows_partners
    from live
    inner join month_ends on live.as_of_date = month_ends.as_of_date
    inner join accounts on live.account_key = accounts.account_key
    left join {{ ref('int_partner_signs') }} as signs
        on live.account_key = signs.account_key

)

select * from final
