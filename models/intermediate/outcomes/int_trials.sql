-- Question: which chances for an outcome were there, and which of them are comparable?
-- Grain: trial. Comparable: one segment, form, order (first or later), start year and,
-- where that is not itself what is judged, who brought the customer.
with

trials as (

    select * from {{ ref('int_trials_acquisition') }}
    union all
    select * from {{ ref('int_trials_retention_fixed') }}
    union all
    select * from {{ ref('int_trials_retention_running') }}

),

accounts as (

    select account_key, segment from {{ ref('int_accounts') }}

),

stages as (

    select stage, reads_post_sale_touches from {{ ref('stages') }}

),

sourcers as (

    select
        account_key,
        sourced_by_partner_key,
        row_number() over (
            partition by account_key
            order by case when closed_at is null then 1 else 0 end, closed_at, deal_key
        ) as deal_order
    from {{ ref('int_deals') }}
    where kind = 'new' and status = 'won'

),

ordered as (

    select
        trials.*,
        accounts.segment,
        sourcers.sourced_by_partner_key,
        case
            when stages.reads_post_sale_touches
                then coalesce(sourcers.sourced_by_partner_key, 'nobody')
            else 'any'
        end as stratum_sourcer,
        row_number() over (
            partition by trials.account_key, trials.stage
            order by trials.started_date, trials.trial_key
        ) as trial_number,
        cast(extract(year from trials.started_date) as integer) as start_year
    from trials
    inner join accounts on trials.account_key = accounts.account_key
    inner join stages on trials.stage = stages.stage
    left join sourcers
        on trials.account_key = sourcers.account_key
        and sourcers.deal_order = 1

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
