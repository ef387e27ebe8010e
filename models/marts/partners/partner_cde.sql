-- Question: how much sooner do customers find the right solution with this partner than
-- comparable ones that no partner touched? Grain: partner, as of as_of_date.
-- Lost evaluations are left out; the last figure counts them as not found.
with

partners as (

    select partner_key, partner_name from {{ ref('partners') }}
    where partner_key <> 'own_team'

),

means as (

    select * from {{ ref('int_discovery_means') }}
    where curve_type = 'partner'

),

unaided as (

    select * from {{ ref('int_discovery_unaided') }}

),

with_lost as (

    select
        means.curve_key as partner_key,
        cast(means.n_won as {{ type_double() }})
        / nullif(means.n_won + means.n_lost, 0) as win_rate_assisted,
        unaided.win_rate as win_rate_unaided,
        means.restricted_mean / unaided.unaided_days as days_ratio
    from means
    left join unaided
        on means.population = unaided.population
        and means.curve_key = unaided.partner_key
    where means.population = 'with_lost'

),

joined as (

    select
        means.curve_key as partner_key,
        means.n_accounts,
        means.n_evaluations,
        means.n_provisional,
        means.restricted_mean as assisted_days,
        means.median_days as assisted_median_days,
        {{ steadied_variance(
            'means.restricted_mean', 'means.restricted_variance', 'means.n_evaluations',
            'unaided.unaided_days', 'unaided.evaluation_variance',
            rule('variance_prior_trials')
        ) }} as assisted_variance,
        unaided.n_unaided,
        unaided.unaided_days,
        unaided.unaided_median_days,
        unaided.unaided_variance
    from means
    left join unaided
        on means.population = unaided.population
        and means.curve_key = unaided.partner_key
    where means.population = 'without_lost'

),

compared as (

    select
        joined.*,
        assisted_days / unaided_days as days_ratio,
        {{ mean_ratio_bound(
            'assisted_days', 'assisted_variance', 'unaided_days', 'unaided_variance',
            rule('interval_z'), '-'
        ) }} as days_ratio_lower,
        {{ mean_ratio_bound(
            'assisted_days', 'assisted_variance', 'unaided_days', 'unaided_variance',
            rule('interval_z'), '+'
        ) }} as days_ratio_upper
    from joined

),

final as (

    select
        partners.partner_key,
        partners.partner_name,
        {{ whole('coalesce(compared.n_accounts, 0)') }} as n_accounts,
        {{ whole('coalesce(compared.n_evaluations, 0)') }} as n_evaluations,
        {{ whole('coalesce(compared.n_unaided, 0)') }} as n_unaided,
        {{ whole('coalesce(compared.n_provisional, 0)') }} as n_provisional,
        compared.assisted_days,
        compared.unaided_days,
        compared.assisted_median_days,
        compared.unaided_median_days,
        100 * (1 - compared.days_ratio) as cde_pct,
        100 * (1 - compared.days_ratio_upper) as cde_pct_lower,
        100 * (1 - compared.days_ratio_lower) as cde_pct_upper,
        compared.unaided_days / compared.assisted_days as cde_ratio,
        (compared.unaided_days - compared.assisted_days) * compared.n_accounts
            as days_saved,
        with_lost.win_rate_assisted,
        with_lost.win_rate_unaided,
        100 * (1 - with_lost.days_ratio) as cde_pct_with_lost,
        case
            when compared.days_ratio is null
                or compared.n_evaluations < {{ rule('evidence_insufficient_below') }}
                then 'insufficient'
            when compared.n_evaluations < {{ rule('evidence_provisional_below') }}
                then 'provisional'
            else 'solid'
        end as evidence
    from partners
    left join compared on partners.partner_key = compared.partner_key
    left join with_lost on partners.partner_key = with_lost.partner_key

)

select * from final
