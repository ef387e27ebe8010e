-- Question: how many of a partner's customers show a reason of risk, against customers
-- without it? Grain: partner and reason, as of as_of_date. Of partners with customers
-- enough, is_worst marks the one whose customers show it most, and more than others.
with

customers as (

    select account_key
    from {{ ref('int_account_months') }}
    where is_latest and is_customer

),

firing as (

    select account_key, reason_code
    from {{ ref('int_reasons_firing') }}
    where is_latest and model = 'risk'

),

served as (

    select presence.partner_key, presence.account_key
    from {{ ref('int_partner_presence') }} as presence
    inner join {{ ref('int_month_ends') }} as month_ends
        on presence.as_of_date = month_ends.as_of_date
    inner join customers on presence.account_key = customers.account_key
    where month_ends.is_latest and presence.is_present

),

books as (

    select partner_key, count(*) as n_accounts
    from served
    group by partner_key

),

whole_book as (

    select count(*) as n_accounts from customers

),

reasons as (

    select firing.reason_code, count(*) as n_showing
    from firing
    inner join customers on firing.account_key = customers.account_key
    group by firing.reason_code

),

showing as (

    select served.partner_key, firing.reason_code, count(*) as n_showing
    from served
    inner join firing on served.account_key = firing.account_key
    group by served.partner_key, firing.reason_code

),

rates as (

    select
        showing.partner_key,
        showing.reason_code,
        books.n_accounts,
        showing.n_showing,
        showing.n_showing / cast(books.n_accounts as {{ type_double() }}) as rate,
        (reasons.n_showing - showing.n_showing) / nullif(
            cast(whole_book.n_accounts - books.n_accounts as {{ type_double() }}), 0
        ) as rate_without
    from showing
    inner join books on showing.partner_key = books.partner_key
    inner join reasons on showing.reason_code = reasons.reason_code
    cross join whole_book

),

judged as (

    select
        rates.*,
        n_accounts >= {{ rule('worst_min_accounts') }}
        and n_showing >= {{ rule('worst_min_showing') }}
        and coalesce(rate > rate_without, false) as is_judged
    from rates

),

ranked as (

    select
        judged.*,
        -- partners that share the highest rate all are the worst
        rank() over (
            partition by reason_code, is_judged order by {{ six_places('rate') }} desc
        ) as rate_rank
    from judged

),

final as (

    select
        partner_key,
        reason_code,
        n_accounts,
        n_showing,
        rate,
        rate_without,
        is_judged and rate_rank = 1 as is_worst
    from ranked

)

select * from final
