-- Question: which organisation does each source record belong to, and why?
-- Grain: source record of an organisation.
with

members as (

    select * from {{ ref('stg_organisation_members') }}

),

accounts as (

    select account_key from {{ ref('int_accounts') }}

),

organisations as (

    select organisation_key, is_partner from {{ ref('stg_organisations') }}

),

undecided as (

    select record_key from {{ ref('stg_undecided_pairs') }}
    union
    select other_record_key as record_key from {{ ref('stg_undecided_pairs') }}

),

final as (

    select
        members.source,
        members.stream,
        members.source_id,
        members.organisation_key,
        accounts.account_key,
        case when organisations.is_partner then members.organisation_key end
            as partner_key,
        members.match_rule,
        cast(members.match_probability as {{ type_double() }}) as match_probability,
        case
            when members.match_status = 'single' and undecided.record_key is not null
                then 'review'
            else members.match_status
        end as match_status,
        members.is_manual
    from members
    inner join organisations
        on members.organisation_key = organisations.organisation_key
    left join accounts on members.organisation_key = accounts.account_key
    left join undecided on members.record_key = undecided.record_key

)

select * from final
