-- Question: who was at the customers we lost, and had they gone quiet before?
-- Read it: n_quiet are losses before which the partner was not seen for more than the
-- days of rule quiet_days; days_quiet is how long on average. Own team included. A
-- partner may go quiet because the customer was leaving: it tells where to look, not
-- whose fault it was.
-- Columns: partner_name, n_lost, n_quiet, quiet_pct, days_quiet
with

lost as (

    select
        partner_key,
        churned_date,
        quiet_since_date,
        case when quiet_since_date is not null then 1 else 0 end as is_quiet
    from {{ ref('account_kept_by') }}
    where churned_date is not null and partner_key <> 'restricted'

)

select
    partners.partner_name,
    count(*) as n_lost,
    sum(lost.is_quiet) as n_quiet,
    cast(100 * sum(lost.is_quiet) as {{ type_double() }}) / count(*) as quiet_pct,
    avg({{ dbt.datediff('lost.quiet_since_date', 'lost.churned_date', 'day') }})
        as days_quiet
from lost
inner join {{ ref('partners') }} as partners
    on lost.partner_key = partners.partner_key
group by lost.partner_key, partners.partner_name
order by n_quiet desc, lost.partner_key asc
