-- Question: how did each account score, what came of it, and whose partners were there?
-- Grain: month-end, model, account, dimension and group. Of each account the latest
-- month whose outcome had resolved; partners tied to it by then.
with

month_ends as (

    select
        as_of_date,
        {{ add_months('as_of_date', '-1 * ' ~ rule('signal_window_months')) }}
            as window_from_date
    from {{ ref('int_month_ends') }}

),

scored as (

    select model, as_of_date, account_key, score, model as outcome_model
    from {{ ref('int_scores') }}
    where is_in_force
    union all
    select
        'readiness' as model,
        as_of_date,
        account_key,
        score,
        'fit' as outcome_model -- as the lift of the whole is
    from {{ ref('int_readiness') }}

),

resolved as (

    select
        scored.model,
        scored.as_of_date as scored_date,
        scored.account_key,
        scored.score,
        outcomes.outcome,
        outcomes.resolved_date
    from scored
    inner join {{ ref('int_score_outcomes') }} as outcomes
        on scored.outcome_model = outcomes.model
        and scored.as_of_date = outcomes.as_of_date
        and scored.account_key = outcomes.account_key
    where scored.score is not null

),

ordered as (

    select
        month_ends.as_of_date,
        resolved.*,
        row_number() over (
            partition by month_ends.as_of_date, resolved.model, resolved.account_key
            order by resolved.scored_date desc
        ) as recency
    from resolved
    inner join month_ends
        on resolved.resolved_date > month_ends.window_from_date
        and resolved.resolved_date <= month_ends.as_of_date

),

ties as (

    select
        account_key,
        partner_key,
        coalesce(started_date, cast('1900-01-01' as date)) as from_date,
        coalesce(ended_date, cast('9999-12-31' as date)) as until_date
    from {{ ref('int_partner_ties') }}
    union all
    select
        account_key,
        partner_key,
        cast(occurred_at as date) as from_date,
        {{ add_days('occurred_at', rule('partner_presence_days')) }} as until_date
    from {{ ref('int_touches') }}
    where actor = 'partner'

),

kinds as (

    {% for dimension in ['tier', 'partner_type'] -%}
    select
        partner_key,
        '{{ dimension }}' as dimension,
        {{ dimension }} as partner_group
    from {{ ref('partners') }}
    where {{ dimension }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

{# whoever has any partner is in the group (any), which the others are part of #}
partner_groups as (

    select partner_key, dimension, partner_group from kinds
    union all
    select partner_key, dimension, '(any)' as partner_group from kinds

),

final as (

    select distinct
        ordered.as_of_date,
        ordered.model,
        ordered.account_key,
        accounts.segment,
        partner_groups.dimension,
        partner_groups.partner_group,
        ordered.score,
        cast(ordered.outcome as integer) as outcome
    from ordered
    inner join ties
        on ordered.account_key = ties.account_key
        and ordered.scored_date >= ties.from_date
        and ordered.scored_date < ties.until_date
    inner join partner_groups on ties.partner_key = partner_groups.partner_key
    inner join {{ ref('int_accounts') }} as accounts
        on ordered.account_key = accounts.account_key
    where ordered.recency = 1

)

select * from final
