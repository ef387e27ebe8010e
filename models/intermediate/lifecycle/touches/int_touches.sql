-- Question: who did what at which account, and when? Grain: touch.
-- The company's own team is the partner `own_team`.
with

touches as (

    select * from {{ ref('stg_touches') }}

),

members as (

    select stream, source, source_id, organisation_key
    from {{ ref('stg_organisation_members') }}

),

people as (

    select source, source_id, person_key from {{ ref('stg_person_members') }}

),

executives as (

    select source, source_id from {{ ref('stg_people') }}
    where seniority = 'c_level'

),

touch_types as (

    select touch_type
    from {{ ref('touch_types') }}
    where is_recordable

),

final as (

    select
        {{ surrogate_key(["'touch'", 'touches.source', 'touches.source_id']) }}
            as touch_key,
        account.organisation_key as account_key,
        case
            when touches.actor = 'own_team' then 'own_team'
            else partner.organisation_key
        end as partner_key,
        touches.actor,
        people.person_key,
        met.person_key as account_person_key,
        coalesce(touch_types.touch_type, 'other') as touch_type,
        touches.occurred_at,
        case
            when touches.evidence in ('observed', 'system', 'declared')
                then touches.evidence
            else 'declared'
        end as evidence,
        touches.quality,
        coalesce(touches.sharing_scope, 'open') = 'restricted' as is_restricted,
        executives.source_id is not null as is_with_executive
    from touches
    inner join members as account
        on account.stream = 'accounts'
        and touches.account_source = account.source
        and touches.account_id = account.source_id
    left join members as partner
        on partner.stream = 'partners'
        and touches.partner_source = partner.source
        and touches.partner_id = partner.source_id
    left join people
        on touches.partner_person_source = people.source
        and touches.partner_person_id = people.source_id
    left join people as met
        on touches.account_person_source = met.source
        and touches.account_person_id = met.source_id
    left join executives
        on touches.account_person_source = executives.source
        and touches.account_person_id = executives.source_id
    left join touch_types
        on replace(lower(touches.touch_type), ' ', '_') = touch_types.touch_type

)

select * from final
