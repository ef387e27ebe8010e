-- Question: how much of what each customer needs did we and our partners meet, and how
-- much of that hangs on one partner? Grain: live customer and month-end. No score below
-- the share of need that must be known.
with

scores as (

    select * from {{ ref('int_account_ecs') }}

),

points as (

    select
        as_of_date,
        account_key,
        partner_key,
        lost_pct,
        row_number() over (
            partition by as_of_date, account_key
            order by {{ six_places('lost_pct') }} desc, partner_key asc
        ) as loss_order
    from {{ ref('int_partner_account_ecs') }}
    where {{ six_places('lost_pct') }} > 0

),

shown as (

    select * from {{ ref('int_partners_shown') }}

),

final as (

    select
        scores.account_key,
        scores.as_of_date,
        scores.is_latest,
        cast(scores.ecs as {{ type_double() }}) as ecs,
        cast(scores.ecs_own as {{ type_double() }}) as ecs_own,
        cast(scores.ecs_partners as {{ type_double() }}) as ecs_partners,
        cast(scores.known_pct as {{ type_double() }}) as known_pct,
        scores.band,
        shown.partner_key as single_point_partner_key,
        case
            when scores.met_weight > 0
                then cast(coalesce(points.lost_pct, 0) as {{ type_double() }})
        end as single_point_pct,
        scores.n_needs,
        scores.needs_basis
    from scores
    left join points
        on scores.as_of_date = points.as_of_date
        and scores.account_key = points.account_key
        and points.loss_order = 1
    left join shown
        on points.partner_key = shown.partner_key
        and points.account_key = shown.account_key
        and points.as_of_date >= shown.first_shown_date

)

select * from final
