-- Question: how do two lists stand to one another? Grain: two lists, the lesser first,
-- or a list and itself. Coverage: share of the smaller one's records whose name is in
-- the other. Repetition: share of a list's records that it holds twice.
with

agreements as (

    select * from {{ ref('stg_pair_agreements') }}

),

lists as (

    select list_key, count(*) as n_records
    from {{ ref('stg_organisation_records') }}
    group by list_key

),

told as (

    select
        least(list_key, other_list_key) as list_key,
        greatest(list_key, other_list_key) as other_list_key,
        record_key,
        other_record_key,
        list_key as record_list_key,
        is_one_list
    from agreements
    where name_level = 'exact'
        and (
            not is_one_list
            or has_same_domain
            or has_same_address
            or has_same_phone
            or has_near_address
            or has_same_label
            or (has_same_postcode and has_same_address is null)
        )

),

told_records as (

    select distinct list_key, other_list_key, record_list_key, record_key
    from told
    union
    select distinct
        list_key,
        other_list_key,
        case when record_list_key = list_key then other_list_key else list_key end
            as record_list_key,
        other_record_key as record_key
    from told

),

counted as (

    select list_key, other_list_key, record_list_key, count(*) as n_told
    from told_records
    group by list_key, other_list_key, record_list_key

),

final as (

    select
        counted.list_key,
        counted.other_list_key,
        max(
            (counted.n_told + 1.0)
            / (lists.n_records + {{ rule('trust_prior_records') }})
        ) as share_told
    from counted
    inner join lists on counted.record_list_key = lists.list_key
    group by counted.list_key, counted.other_list_key

)

select * from final
