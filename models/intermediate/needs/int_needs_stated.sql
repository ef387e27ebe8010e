-- Question: what has each account said that it needs, and how much it matters? Grain:
-- account, need and day from which that is known. Said again, the later weight counts;
-- of several on one day the largest.
with

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

stated as (

    select
        members.organisation_key as account_key,
        {{ typed_key('needs.need') }} as need,
        coalesce(cast(needs.stated_at as date), cast('1900-01-01' as date))
            as from_date,
        max(coalesce(needs.weight, {{ rule('need_weight_default') }})) as weight
    from {{ ref('stg_needs') }} as needs
    inner join members
        on needs.account_source = members.source
        and needs.account_id = members.source_id
    group by
        members.organisation_key,
        {{ typed_key('needs.need') }},
        coalesce(cast(needs.stated_at as date), cast('1900-01-01' as date))

),

final as (

    select
        account_key,
        need,
        from_date,
        lead(from_date) over (
            partition by account_key, need order by from_date
        ) as until_date,
        cast(weight as {{ type_double() }}) as weight
    from stated

)

select * from final
