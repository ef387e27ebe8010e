-- Question: which version of each scorecard scores which month, and how? Grain:
-- month-end, model and version: the one in force, and every challenger beside it.
with

month_ends as (

    select as_of_date from {{ ref('int_month_ends') }}

),

versions as (

    select * from {{ ref('scorecard_versions') }}

),

dated as (

    select
        month_ends.as_of_date,
        versions.model,
        versions.version as model_version,
        versions.status,
        versions.trained_from,
        versions.trained_to,
        versions.intercept,
        versions.slope,
        versions.points_min,
        versions.points_max,
        versions.medium_from,
        versions.high_from,
        -- two of one day: either, but the same on every engine
        row_number() over (
            partition by
                month_ends.as_of_date,
                versions.model,
                case when versions.status = 'challenger' then 1 else 0 end
            order by versions.effective_from desc, {{ dbt.hash('versions.version') }}
        ) as version_order
    from versions
    inner join month_ends
        on versions.status = 'challenger'
        or versions.effective_from <= month_ends.as_of_date

),

final as (

    select
        as_of_date,
        model,
        model_version,
        status,
        trained_from,
        trained_to,
        intercept,
        slope,
        points_min,
        points_max,
        medium_from,
        high_from,
        status <> 'challenger' as is_in_force
    from dated
    where status = 'challenger' or version_order = 1

)

select * from final
