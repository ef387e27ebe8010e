-- Question: on which days did an account state a need? Grain: account and day.
-- A milestone and a stated need say the same; a partner's touch says nothing here.
with

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

stated as (

    select account_source, account_id, occurred_at as stated_at
    from {{ ref('stg_milestones') }}
    where milestone = 'need'
    union all
    select account_source, account_id, stated_at
    from {{ ref('stg_needs') }}
    where stated_at is not null

),

final as (

    select distinct
        members.organisation_key as account_key,
        cast(stated.stated_at as date) as stated_date
    from stated
    inner join members
        on stated.account_source = members.source
        and stated.account_id = members.source_id

)

select * from final
