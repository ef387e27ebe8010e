-- Question: is a paid contract term decided at a fixed end, or does it run on?
-- Grain: paid contract term. One without an end, or shorter or longer than the
-- fixed-term bounds, runs on and is looked at each half-year.
with

terms as (

    select
        term_key,
        account_key,
        product,
        decision_key,
        term_start_date,
        term_end_date,
        ended_date,
        decision_date,
        runs_until_date,
        arr,
        seats,
        is_paid,
        stated_outcome,
        outcome,
        renewed_arr,
        arr_until_date,
        outcome_known_date,
        is_presumed_renewed
    from {{ ref('int_terms') }}
    where is_paid

),

final as (

    select
        terms.*,
        {{ add_days('term_end_date', '-1 * ' ~ rule('notice_days')) }} as landmark_date,
        case
            when {{ dbt.datediff('term_start_date', 'term_end_date', 'day') }}
                between {{ rule('fixed_term_min_days') }}
                and {{ rule('fixed_term_max_days') }}
                then 'fixed'
            else 'running'
        end as contract_form
    from terms

)

select * from final
