-- Question: does what a score foretells meet those that it puts first more often?
-- Grain: month-end and model (cohort). Of outcomes resolved in the window; compared
-- within month and segment, months of one account counted together.
with

month_ends as (

    select
        as_of_date,
        {{ add_months('as_of_date', '-1 * ' ~ rule('kpi_window_months')) }}
            as window_from_date
    from {{ ref('int_month_ends') }}

),

accounts as (

    select account_key, segment from {{ ref('int_accounts') }}

),

{# equal points share the better rank, so that no tie is broken by chance #}
ranked as (

    select
        model,
        as_of_date,
        account_key,
        rank() over (
            partition by model, as_of_date order by points desc
        ) as points_rank,
        count(*) over (partition by model, as_of_date) as n_scored
    from {{ ref('int_scores') }}
    where is_in_force

),

judged as (

    select
        ranked.model,
        outcomes.resolved_date,
        ranked.account_key as cluster_key,
        {{ surrogate_key(['ranked.as_of_date', 'accounts.segment']) }} as stratum,
        case
            when
                ranked.points_rank
                <= {{ rule('lift_flagged_share') }} * ranked.n_scored
                then 1
            else 0
        end as is_flagged,
        outcomes.outcome
    from ranked
    inner join {{ ref('int_score_outcomes') }} as outcomes
        on ranked.model = outcomes.model
        and ranked.as_of_date = outcomes.as_of_date
        and ranked.account_key = outcomes.account_key
    inner join accounts on ranked.account_key = accounts.account_key

),

compared as (

    select
        month_ends.as_of_date,
        judged.model as cohort,
        judged.cluster_key,
        judged.stratum,
        judged.is_flagged,
        judged.outcome
    from judged
    inner join month_ends
        on judged.resolved_date > month_ends.window_from_date
        and judged.resolved_date <= month_ends.as_of_date

),

{{ matched_lift(
    'compared', ['as_of_date', 'cohort'], rule('matched_min_others'), rule('interval_z')
) }},

final as (

    select
        as_of_date,
        'lift_vs_baseline' as kpi,
        cohort,
        lift as value,
        lower,
        upper,
        n
    from lifts

)

select * from final
