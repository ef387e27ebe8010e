-- Question: which partner brought the customer? Grain: account that has won a new deal.
-- That of the first new deal won; null where nobody is named.
with

ordered as (

    select
        account_key,
        sourced_by_partner_key,
        row_number() over (
            partition by account_key
            order by case when closed_at is null then 1 else 0 end, closed_at, deal_key
        ) as deal_order
    from {{ ref('int_deals') }}
    where kind = 'new' and status = 'won'

),

final as (

    select account_key, sourced_by_partner_key
    from ordered
    where deal_order = 1

)

select * from final
