-- Question: do accounts of some partners score higher than others of the same outcome?
-- Grain: month-end, model, dimension (tier, partner_type) and group. Against accounts
-- that have partners, but none of this group.
with

scored as (

    select * from {{ ref('int_score_gaps') }}

),

month_ends as (

    select as_of_date, is_latest from {{ ref('int_month_ends') }}

),

summed as (

    select
        as_of_date,
        model,
        dimension,
        partner_group,
        segment,
        outcome,
        count(*) as n,
        sum(score) as scores,
        sum(score * score) as squares
    from scored
    group by as_of_date, model, dimension, partner_group, segment, outcome

),

strata as (

    select
        inside.as_of_date,
        inside.model,
        inside.dimension,
        inside.partner_group,
        inside.n,
        inside.scores,
        inside.squares,
        wholes.n - inside.n as n_others,
        wholes.scores - inside.scores as other_scores,
        wholes.squares - inside.squares as other_squares
    from summed as inside
    inner join summed as wholes
        on inside.as_of_date = wholes.as_of_date
        and inside.model = wholes.model
        and inside.dimension = wholes.dimension
        and inside.segment = wholes.segment
        and inside.outcome = wholes.outcome
        and wholes.partner_group = '(any)'
    where inside.partner_group <> '(any)'

),

gaps as (

    select
        strata.*,
        scores / n - other_scores / n_others as gap,
        {{ twelve_places(
            mean_variance('n', 'scores', 'squares')
            ~ ' + ' ~ mean_variance('n_others', 'other_scores', 'other_squares')
        ) }} as variance
    from strata
    -- one account has no spread
    where n > 1 and n_others > 1

),

pooled as (

    select
        as_of_date,
        model,
        dimension,
        partner_group,
        sum(n) as n,
        sum(n_others) as n_others,
        sum(n * gap) / sum(n) as gap,
        sqrt(sum(n * n * variance)) / sum(n) as gap_sd
    from gaps
    group by as_of_date, model, dimension, partner_group

),

bounded as (

    select
        pooled.*,
        gap - {{ rule('interval_z') }} * gap_sd as lower,
        gap + {{ rule('interval_z') }} * gap_sd as upper
    from pooled

),

final as (

    select
        bounded.as_of_date,
        month_ends.is_latest,
        bounded.model,
        bounded.dimension,
        bounded.partner_group,
        cast(bounded.gap as {{ type_double() }}) as gap,
        cast(bounded.lower as {{ type_double() }}) as lower,
        cast(bounded.upper as {{ type_double() }}) as upper,
        {{ whole('bounded.n') }} as n,
        {{ whole('bounded.n_others') }} as n_others,
        case
            when
                bounded.n < {{ rule('bias_min_accounts') }}
                or bounded.n_others < {{ rule('bias_min_accounts') }}
                then 'too_few'
            when bounded.lower <= 0 and bounded.upper >= 0 then 'fair'
            when abs(bounded.gap) >= {{ rule('bias_act_from') }} then 'act'
            when abs(bounded.gap) >= {{ rule('bias_watch_from') }} then 'watch'
            else 'fair'
        end as status
    from bounded
    inner join month_ends on bounded.as_of_date = month_ends.as_of_date

)

select * from final
