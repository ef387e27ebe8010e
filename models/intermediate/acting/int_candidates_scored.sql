-- Question: how well placed is each partner to step in at a customer in risk? Grain:
-- customer in risk and partner there. Each factor lies in [0, 1], its weight in a seed;
-- what is not known of a partner's effect is as expected.
{% set factors = [
    'tie', 'effect', 'fit', 'path', 'recency', 'capacity', 'seniority'
] %}
with

accounts as (

    select account_key, as_of_date, reason_code
    from {{ ref('int_accounts_in_risk') }}

),

candidates as (

    select
        account_key,
        partner_key,
        is_tied,
        last_touch_date,
        path_score,
        path_text,
        partner_person_key,
        account_person_key
    from {{ ref('int_partner_candidates') }}

),

weights as (

    select
        {% for factor in factors -%}
        sum(case when factor = '{{ factor }}' then weight end)
            as {{ factor }}_weight,
        {% endfor -%}
        count(*) as n_factors
    from {{ ref('intervention_weights') }}

),

effects as (

    select as_of_date, partner_key, stage_score, evidence
    from {{ ref('int_partner_stages') }}
    where stage = 'retention'

),

voices as (

    select
        positions.organisation_key as partner_key,
        positions.person_key,
        max(weights.weight) as weight
    from {{ ref('int_positions') }} as positions
    inner join {{ ref('seniority_weights') }} as weights
        on positions.seniority = weights.seniority
    where positions.is_current
    group by positions.organisation_key, positions.person_key

),

joined as (

    select
        candidates.*,
        accounts.reason_code,
        effects.evidence as retention_evidence,
        coalesce(reason_partners.is_worst, false) as is_worst,
        case when candidates.is_tied then 1 else 0 end as tie,
        coalesce(effects.stage_score, {{ rule('csi_neutral') }}) / 100 as effect,
        coalesce(fits.fit, {{ rule('partner_fit_default') }}) as fit,
        coalesce(candidates.path_score, 0) as path,
        coalesce({{ half_life_decay(
            dbt.datediff('candidates.last_touch_date', 'accounts.as_of_date', 'day'),
            rule('recency_half_life_days')
        ) }}, 0) as recency,
        1 / (
            1 + coalesce(workloads.accounts_per_person, 0)
            / {{ rule('busy_accounts_per_person') }}
        ) as capacity,
        coalesce(voices.weight, 0) as seniority
    from candidates
    inner join accounts on candidates.account_key = accounts.account_key
    inner join {{ ref('stg_organisations') }} as organisations
        on candidates.partner_key = organisations.organisation_key
    left join effects
        on accounts.as_of_date = effects.as_of_date
        and candidates.partner_key = effects.partner_key
    left join {{ ref('reason_partner_types') }} as fits
        on accounts.reason_code = fits.reason_code
        and organisations.partner_type = fits.partner_type
    left join {{ ref('int_partner_workloads') }} as workloads
        on candidates.partner_key = workloads.partner_key
    left join voices
        on candidates.partner_key = voices.partner_key
        and candidates.partner_person_key = voices.person_key
    left join {{ ref('int_reason_partners') }} as reason_partners
        on candidates.partner_key = reason_partners.partner_key
        and accounts.reason_code = reason_partners.reason_code

),

final as (

    select
        joined.*,
        100 * (
            {%- for factor in factors %}
            {{ '+ ' if not loop.first -}}
            joined.{{ factor }} * weights.{{ factor }}_weight
            {%- endfor %}
        ) as placement_score
    from joined
    cross join weights

)

select * from final
