-- Question: are customers in risk that a partner steps in at saved more often than
-- others like them? Grain: cohort (band and days to renewal at the start), or `all`,
-- which compares within cohorts. As of as_of_date alone: scores reach no further back.
{%- set strata = ['n_touched_saved', 'n_touched', 'n_untouched_saved', 'n_untouched'] %}
with

month_ends as (

    select as_of_date, window_from_date from {{ ref('int_month_ends') }}
    where is_latest

),

counted as (

    select
        month_ends.as_of_date,
        trials.cohort,
        sum(trials.is_touched) as n_touched,
        sum(trials.is_touched * trials.is_saved) as n_touched_saved,
        sum(1 - trials.is_touched) as n_untouched,
        sum((1 - trials.is_touched) * trials.is_saved) as n_untouched_saved
    from month_ends
    inner join {{ ref('int_rescue_trials') }} as trials
        on month_ends.window_from_date < trials.resolved_date
        and month_ends.as_of_date >= trials.resolved_date
    group by month_ends.as_of_date, trials.cohort

),

shares as (

    select
        counted.*,
        n_touched_saved / nullif(cast(n_touched as {{ type_double() }}), 0)
            as touched_share,
        n_untouched_saved / nullif(cast(n_untouched as {{ type_double() }}), 0)
            as untouched_share
    from counted

),

pooled as (

    select
        as_of_date,
        sum(n_touched) as n_touched,
        sum(n_touched_saved) as n_touched_saved,
        sum(n_untouched) as n_untouched,
        sum(n_untouched_saved) as n_untouched_saved,
        {{ stratified_difference(*strata) }} as value,
        sqrt({{ stratified_difference_variance(*strata) }}) as sd
    from counted
    group by as_of_date

),

final as (

    select
        as_of_date,
        cohort,
        touched_share - untouched_share as value,
        {{ difference_bound('touched_share', 'n_touched', 'untouched_share',
            'n_untouched', rule('interval_z'), '-') }} as lower,
        {{ difference_bound('touched_share', 'n_touched', 'untouched_share',
            'n_untouched', rule('interval_z'), '+') }} as upper,
        n_touched as n,
        n_touched_saved,
        n_untouched,
        n_untouched_saved
    from shares
    union all
    select
        as_of_date,
        'all' as cohort,
        value,
        value - {{ rule('interval_z') }} * sd as lower,
        value + {{ rule('interval_z') }} * sd as upper,
        n_touched as n,
        n_touched_saved,
        n_untouched,
        n_untouched_saved
    from pooled

)

select * from final
