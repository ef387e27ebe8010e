-- Question: whose work does customary attribution overlook, or overstate?
-- Read it: shares of a stage's outcomes by four customary methods beside the measured
-- one; widest_gap is the largest distance of a customary share from the measured, and
-- widest_method whose it is. Shares of a stage and method add up to 1, own team
-- included.
-- Columns: stage, partner_name, measured_share, first_share, last_share, linear_share,
-- sourced_only_share, widest_gap, widest_method
{% set methods = ['first', 'last', 'linear', 'sourced_only'] %}
with

shares as (

    select
        stage,
        partner_key,
        {% for method in methods -%}
        max(case when method = '{{ method }}' then share end) as {{ method }}_share,
        {% endfor -%}
        max(case when method = 'measured' then share end) as measured_share
    from {{ ref('partner_credit_methods') }}
    group by stage, partner_key

),

gaps as (

    {% for method in methods -%}
    select
        stage,
        partner_key,
        '{{ method }}' as method,
        abs({{ method }}_share - measured_share) as gap
    from shares
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

ranked as (

    select
        gaps.*,
        row_number() over (
            partition by stage, partner_key
            order by coalesce(gap, 0) desc, method
        ) as gap_order
    from gaps

)

select
    shares.stage,
    partners.partner_name,
    shares.measured_share,
    {% for method in methods -%}
    shares.{{ method }}_share,
    {% endfor -%}
    ranked.gap as widest_gap,
    ranked.method as widest_method
from shares
inner join {{ ref('partners') }} as partners
    on shares.partner_key = partners.partner_key
inner join ranked
    on shares.stage = ranked.stage
    and shares.partner_key = ranked.partner_key
    and ranked.gap_order = 1
where ranked.gap is not null
order by shares.stage asc, ranked.gap desc, shares.partner_key asc
