-- Question: which needs of live customers are known to be open? Grain: live customer
-- and need met by less than the rule need_met_from. open_set lists them all, so that
-- customers who want the same can be counted together.
with

open_needs as (

    select account_key, need
    from {{ ref('int_account_needs') }}
    where is_latest and is_known and degree < {{ rule('need_met_from') }}

),

sets as (

    select account_key, {{ ordered_list('need', '|', 'need') }} as open_set
    from open_needs
    group by account_key

),

final as (

    select open_needs.account_key, open_needs.need, sets.open_set
    from open_needs
    inner join sets on open_needs.account_key = sets.account_key

)

select * from final
