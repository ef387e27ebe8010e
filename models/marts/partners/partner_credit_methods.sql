-- Question: how far does customary attribution differ from measured credit?
-- Grain: partner (and `own_team`), stage and method. Who has credit by one method has a
-- row for each.
with

credited as (

    select * from {{ ref('int_credit_methods') }}

),

methods as (

    select distinct stage, method from credited

),

involved as (

    select distinct stage, partner_key from credited

),

totals as (

    select stage, method, sum(outcomes) as outcomes
    from credited
    group by stage, method

),

final as (

    select
        involved.partner_key,
        involved.stage,
        methods.method,
        cast(
            coalesce(credited.outcomes, 0) / nullif(totals.outcomes, 0)
            as {{ type_double() }}
        ) as share,
        cast(coalesce(credited.outcomes, 0) as {{ type_double() }}) as outcomes
    from involved
    inner join methods on involved.stage = methods.stage
    inner join totals
        on methods.stage = totals.stage
        and methods.method = totals.method
    left join credited
        on involved.stage = credited.stage
        and involved.partner_key = credited.partner_key
        and methods.method = credited.method

)

select * from final
