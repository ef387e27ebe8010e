-- Question: which partner stands at customers with a need that another could meet?
-- Read it: customers that the partner was lately seen at, whose need is known to be met
-- by less than half, and for which the catalogue lists partners with a solution. That
-- many partners could be brought in (the one that refers may be among them). The
-- catalogue does not say which of them is best; marts.partner_pairs says how many
-- customers two partners could refer to each other, unmet_needs.could_refer whom first.
-- Columns: partner_name, need_label, n_accounts, arr, n_partners_offering
with

served as (

    select partner_key, account_key from {{ ref('partner_account_depth') }}
    where is_latest and status = 'active' and level > 0

),

offered as (

    select need, need_label, n_partners_offering from {{ ref('unmet_needs') }}
    where segment = 'all' and n_partners_offering > 0

),

opened as (

    select account_key, need from {{ ref('account_needs') }}
    where met < 0.5

)

select
    partners.partner_name,
    offered.need_label,
    count(*) as n_accounts,
    sum(accounts.arr) as arr,
    max(offered.n_partners_offering) as n_partners_offering
from served
inner join opened on served.account_key = opened.account_key
inner join offered on opened.need = offered.need
inner join {{ ref('partners') }} as partners
    on served.partner_key = partners.partner_key
inner join {{ ref('accounts') }} as accounts
    on served.account_key = accounts.account_key
group by served.partner_key, partners.partner_name, opened.need, offered.need_label
order by n_accounts desc, served.partner_key asc, opened.need asc
