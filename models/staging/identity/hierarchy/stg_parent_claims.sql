-- Question: who says what about an organisation's parent? Grain: organisation, parent
-- and rule. A person's decision goes first, then the parent the most trusted source
-- keeps, the oldest record first; what domain and name suggest goes last.
with

members as (

    select stream, source, source_id, record_key, organisation_key
    from {{ ref('stg_organisation_members') }}

),

decided as (

    select
        child.organisation_key,
        parent.organisation_key as parent_organisation_key,
        decisions.rule,
        0 as trust_rank,
        cast(null as {{ dbt.type_timestamp() }}) as created_at,
        0 as name_order
    from {{ ref('stg_identity_decisions') }} as decisions
    inner join members as child on decisions.record_key = child.record_key
    inner join members as parent on decisions.other_record_key = parent.record_key
    where decisions.decision = 'child_of'

),

kept_by_systems as (

    select
        child.organisation_key,
        parent.organisation_key as parent_organisation_key,
        'parent_id' as rule,
        coalesce(source_trust.rank, {{ rule('source_trust_default') }}) as trust_rank,
        accounts.created_at,
        0 as name_order
    from {{ ref('stg_accounts') }} as accounts
    inner join members as child
        on child.stream = 'accounts'
        and accounts.source = child.source
        and accounts.source_id = child.source_id
    inner join members as parent
        on parent.stream = 'accounts'
        and accounts.parent_source = parent.source
        and accounts.parent_id = parent.source_id
    left join {{ ref('source_trust') }} as source_trust
        on accounts.source = source_trust.source

),

inferred as (

    select
        organisation_key,
        other_organisation_key as parent_organisation_key,
        'longer_name_on_domain' as rule,
        0 as trust_rank,
        cast(null as {{ dbt.type_timestamp() }}) as created_at,
        -- of several the longest name: Acme Germany Berlin is a child of Acme Germany
        0 - parent_name_length as name_order
    from {{ ref('stg_domain_ties') }}
    where tie = 'child_of'

),

claims as (

    select * from decided
    union all
    select * from kept_by_systems
    union all
    select * from inferred

),

ranked as (

    select
        claims.*,
        dense_rank() over (order by rules.rank, claims.trust_rank) as standing,
        row_number() over (
            partition by
                claims.organisation_key, claims.parent_organisation_key, claims.rule
            order by
                claims.trust_rank,
                case when claims.created_at is null then 1 else 0 end,
                claims.created_at
        ) as said_order
    from claims
    inner join {{ ref('hierarchy_rules') }} as rules on claims.rule = rules.rule
    where claims.organisation_key <> claims.parent_organisation_key

),

final as (

    select
        organisation_key,
        parent_organisation_key,
        rule,
        cast(standing as integer) as standing,
        row_number() over (
            partition by organisation_key
            order by
                standing,
                name_order,
                case when created_at is null then 1 else 0 end,
                created_at,
                parent_organisation_key
        ) as claim_order
    from ranked
    where said_order = 1

)

select * from final
