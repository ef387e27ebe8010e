-- Question: how busy is each partner today? Grain: partner that touched an account in
-- the last quarter. Restricted touches count: they keep its people as busy.
with

as_of as (

    select as_of_date from {{ ref('stg_as_of') }}

),

people as (

    select organisation_key as partner_key, count(distinct person_key) as n_people
    from {{ ref('int_positions') }}
    where is_current
    group by organisation_key

),

touched as (

    select touches.partner_key, count(distinct touches.account_key) as n_accounts
    from {{ ref('int_touches') }} as touches
    inner join as_of
        on cast(touches.occurred_at as date)
        > {{ add_days('as_of.as_of_date', '-1 * ' ~ rule('quiet_days')) }}
    where touches.actor = 'partner' and touches.partner_key is not null
    group by touches.partner_key

),

final as (

    select
        touched.partner_key,
        touched.n_accounts,
        -- where nobody is on record, one person does it all
        coalesce(people.n_people, 1) as n_people,
        touched.n_accounts / cast(
            coalesce(people.n_people, 1) as {{ type_double() }}
        ) as accounts_per_person
    from touched
    left join people on touched.partner_key = people.partner_key

)

select * from final
