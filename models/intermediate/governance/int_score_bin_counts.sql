-- Question: how many accounts stood in each bin of a scorecard, and how many did when
-- it was trained? Grain: month-end, model, feature and bin, of the version in force;
-- feature `score` are its points by tenths.
with

versions as (

    select
        as_of_date,
        model,
        model_version,
        {{ dbt.datediff(
            'trained_from', 'trained_to', 'month'
        ) }} + 1 as trained_months
    from {{ ref('int_score_versions') }}
    where is_in_force

),

cards as (

    select
        model,
        model_version,
        signal as feature,
        bin,
        lower,
        upper,
        n_scored
    from {{ ref('scorecards') }}

),

counted as (

    select as_of_date, model, signal as feature, bin, count(*) as n
    from {{ ref('int_score_bins') }}
    where is_in_force
    group by as_of_date, model, signal, bin
    union all
    select
        scores.as_of_date,
        scores.model,
        cards.feature,
        cards.bin,
        count(*) as n
    from {{ ref('int_scores') }} as scores
    inner join cards
        on cards.feature = 'score'
        and scores.model = cards.model
        and scores.model_version = cards.model_version
        and coalesce(scores.points >= cards.lower, true)
        and coalesce(scores.points < cards.upper, true)
    where scores.is_in_force
    group by scores.as_of_date, scores.model, cards.feature, cards.bin

),

final as (

    select
        versions.as_of_date,
        versions.model,
        versions.model_version,
        cards.feature,
        cards.bin,
        versions.trained_months,
        coalesce(counted.n, 0) as n,
        cards.n_scored as n_trained
    from versions
    inner join cards
        on versions.model = cards.model
        and versions.model_version = cards.model_version
    left join counted
        on versions.as_of_date = counted.as_of_date
        and versions.model = counted.model
        and cards.feature = counted.feature
        and cards.bin = counted.bin

)

select * from final
