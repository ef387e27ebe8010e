-- Question: on which days is an account stated to have left? Grain: account and day.
with

members as (

    select source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}
    where stream = 'accounts'

),

final as (

    select distinct
        members.organisation_key as account_key,
        cast(milestones.occurred_at as date) as churned_date
    from {{ ref('stg_milestones') }} as milestones
    inner join members
        on milestones.account_source = members.source
        and milestones.account_id = members.source_id
    where milestones.milestone = 'churned'

)

select * from final
