-- Question: which records were left alone although they resemble an account, so that
-- what hangs on them is missing there? Grain: source record that is an organisation by
-- itself. The most probable account is named; a tie goes to the lesser record key.
with

pairs as (

    select record_key, other_record_key, match_probability
    from {{ ref('stg_undecided_pairs') }}

),

members as (

    select * from {{ ref('stg_organisation_members') }}

),

accounts as (

    select account_key from {{ ref('int_accounts') }}

),

worth as (

    select record_key, n_signals from {{ ref('stg_record_worth') }}

),

sides as (

    select record_key, other_record_key, match_probability from pairs
    union all
    select
        other_record_key as record_key,
        record_key as other_record_key,
        match_probability
    from pairs

),

ranked as (

    select
        sides.record_key,
        sides.match_probability,
        accounts.account_key,
        row_number() over (
            partition by sides.record_key
            order by sides.match_probability desc, sides.other_record_key asc
        ) as likeness
    from sides
    inner join members on sides.other_record_key = members.record_key
    inner join accounts on members.organisation_key = accounts.account_key

),

final as (

    select
        members.source,
        members.stream,
        members.source_id,
        members.organisation_key,
        ranked.account_key as resembles_account_key,
        cast(ranked.match_probability as {{ type_double() }}) as match_probability,
        worth.n_signals
    from members
    inner join ranked
        on members.record_key = ranked.record_key
        and ranked.likeness = 1
    inner join worth on members.record_key = worth.record_key
    where members.n_records = 1

)

select * from final
