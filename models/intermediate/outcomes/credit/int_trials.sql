-- Question: which chances for an outcome were there, and which of them are comparable?
-- Grain: trial. Comparable: one segment, form, order (first or later), start year and,
-- where that is not itself what is judged, who brought the customer.
with

trials as (

    {%- set columns -%}
        trial_key, stage, trial_form, account_key, started_date, exposed_from_date,
        landmark_date, resolved_date, outcome
    {%- endset %}
    {% for trials in [
        'int_trials_acquisition', 'int_trials_onboarding', 'int_trials_adoption',
        'int_trials_retention_fixed', 'int_trials_retention_running',
        'int_trials_expansion', 'int_trials_advocacy'
    ] -%}
    select {{ columns }} from {{ ref(trials) }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

accounts as (

    select account_key, segment from {{ ref('int_accounts') }}

),

sourcers as (

    select account_key, sourced_by_partner_key from {{ ref('int_account_sourcers') }}

),

stages as (

    select stage, reads_post_sale_touches from {{ ref('stages') }}

),

selected as (

    select
        account_key,
        known_from_date,
        known_until_date,
        cast(occurred_at as date) as selected_date
    from {{ ref('int_milestones_known') }}
    where milestone = 'selected'

),

ordered as (

    select
        trials.*,
        accounts.segment,
        selected.selected_date,
        sourcers.sourced_by_partner_key,
        case
            when stages.reads_post_sale_touches
                then coalesce(sourcers.sourced_by_partner_key, 'nobody')
            else 'any'
        end as stratum_sourcer,
        row_number() over (
            partition by trials.account_key, trials.stage
            order by trials.resolved_date, trials.started_date, trials.trial_key
        ) as trial_number,
        cast(extract(year from trials.started_date) as integer) as start_year
    from trials
    inner join accounts on trials.account_key = accounts.account_key
    inner join stages on trials.stage = stages.stage
    left join selected
        on trials.account_key = selected.account_key
        and {{ in_force(
            'trials.resolved_date',
            'selected.known_from_date', 'selected.known_until_date'
        ) }}
    left join sourcers on trials.account_key = sourcers.account_key

),

placed as (

    select
        ordered.*,
        case when trial_number = 1 then 'first' else 'later' end as term_order
    from ordered

),

final as (

    select
        trial_key,
        stage,
        trial_form,
        account_key,
        started_date,
        exposed_from_date,
        landmark_date,
        resolved_date,
        outcome,
        selected_date,
        sourced_by_partner_key,
        segment,
        stratum_sourcer,
        {{ surrogate_key(['segment', 'trial_form', 'term_order']) }} as stratum_key,
        {{ surrogate_key(['segment', 'trial_form', 'term_order', 'stratum_sourcer']) }}
            as sourcer_key,
        {{ surrogate_key(['segment', 'trial_form', 'term_order', 'start_year']) }}
            as year_key,
        {{ surrogate_key([
            'segment', 'trial_form', 'term_order', 'stratum_sourcer', 'start_year'
        ]) }} as cell_key
    from placed

)

select * from final
