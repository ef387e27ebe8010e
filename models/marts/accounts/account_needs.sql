-- Question: what does each live customer need, to what degree is it met, and by whom?
-- Grain: account and need, as of as_of_date. met is null where nothing is known.
with

final as (

    select
        account_key,
        need,
        weight,
        basis,
        is_in_taxonomy,
        case when is_known then cast(degree as {{ type_double() }}) end as met,
        case when is_known then cast(degree_vendor as {{ type_double() }}) end
            as met_by_vendor,
        case when is_known then cast(degree_partner as {{ type_double() }}) end
            as met_by_partners,
        n_providers,
        case when is_known then 'known' else 'unknown' end as knowledge
    from {{ ref('int_account_needs') }}
    where is_latest

)

select * from final
