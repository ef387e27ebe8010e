-- Question: which solutions are said to be in use at an account on a month-end? Grain:
-- month-end, account and solution. By a running term of that product or a standing tie;
-- a term without a product means the vendor's solution where there is only one.
with

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

solutions as (

    select distinct solution_key, provider, product
    from {{ ref('int_solutions') }}

),

{# a contract is with the vendor: of solutions of one name the vendor's own is meant #}
products as (

    select
        solution_key,
        product,
        row_number() over (
            partition by product
            order by case when provider = 'vendor' then 0 else 1 end, solution_key
        ) as product_order
    from solutions

),

only_product as (

    select case when count(*) = 1 then max(product) end as product
    from solutions
    where provider = 'vendor'

),

terms as (

    select
        terms.as_of_date,
        terms.account_key,
        coalesce(terms.product, only_product.product) as product
    from {{ ref('int_terms_running') }} as terms
    cross join only_product

),

final as (

    select
        terms.as_of_date,
        terms.account_key,
        products.solution_key
    from terms
    inner join products
        on terms.product = products.product
        and products.product_order = 1
    union distinct
    select
        month_ends.as_of_date,
        ties.account_key,
        ties.solution_key
    from {{ ref('int_ties_declared') }} as ties
    inner join month_ends
        on coalesce(ties.started_date, cast('1900-01-01' as date))
        <= month_ends.as_of_date
        and month_ends.as_of_date
        <= coalesce(ties.ended_date, cast('9999-12-31' as date))
    where ties.solution_key is not null

)

select * from final
