-- Question: is there a better candidate in the same list? Grain: candidate pair of two
-- lists. A rival is another record of that list that is not the same organisation as
-- the candidate; the strongest of either side counts.
with

weights as (

    select * from {{ ref('stg_pair_weights') }}

),

sides as (

    select
        record_key,
        other_record_key,
        record_key as seeker_key,
        other_record_key as found_key,
        other_list_key as found_list_key,
        match_weight
    from weights
    where not is_one_list
    union all
    select
        record_key,
        other_record_key,
        other_record_key as seeker_key,
        record_key as found_key,
        list_key as found_list_key,
        match_weight
    from weights
    where not is_one_list

),

ranked as (

    select
        sides.*,
        row_number() over (
            partition by seeker_key, found_list_key
            order by match_weight desc, found_key asc
        ) as candidate_rank
    from sides

),

frontrunners as (

    select seeker_key, found_list_key, found_key, match_weight
    from ranked
    where candidate_rank <= {{ rule('rival_candidates') }}

),

same_organisation as (

    select record_key, other_record_key from weights
    where is_one_list and match_weight > 0

),

rivals as (

    select
        sides.record_key,
        sides.other_record_key,
        max(frontrunners.match_weight) as rival_weight
    from sides
    inner join frontrunners
        on sides.seeker_key = frontrunners.seeker_key
        and sides.found_list_key = frontrunners.found_list_key
        and sides.found_key <> frontrunners.found_key
    left join same_organisation
        on least(sides.found_key, frontrunners.found_key) = same_organisation.record_key
        and greatest(sides.found_key, frontrunners.found_key)
        = same_organisation.other_record_key
    where same_organisation.record_key is null
    group by sides.record_key, sides.other_record_key

),

final as (

    select
        weights.record_key,
        weights.other_record_key,
        rivals.rival_weight,
        case
            when rivals.rival_weight is null
                or rivals.rival_weight
                < weights.match_weight - {{ rule('rival_margin') }}
                then
                    case
                        when weights.share_told >= {{ rule('list_covers_from') }}
                            then 'alone_and_expected'
                        else 'alone'
                    end
            when rivals.rival_weight < weights.match_weight then 'ahead'
            when rivals.rival_weight
                <= weights.match_weight + {{ rule('rival_far') }}
                then 'behind'
            else 'far_behind'
        end as rival_level
    from weights
    left join rivals
        on weights.record_key = rivals.record_key
        and weights.other_record_key = rivals.other_record_key
    where not weights.is_one_list

)

select * from final
