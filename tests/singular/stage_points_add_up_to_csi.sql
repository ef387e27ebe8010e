-- Partners whose stages do not add up to their CSI.
with

added as (

    select
        partner_key,
        as_of_date,
        {{ rule('csi_neutral') }}
        + sum({{ csi_points('weight', 'presence', 'stage_score') }})
        / {{ all_stage_weights() }} as csi
    from {{ ref('partner_csi_stages') }}
    group by partner_key, as_of_date

)

select
    added.partner_key,
    added.as_of_date
from added
inner join {{ ref('partner_csi') }} as partner_csi
    on added.partner_key = partner_csi.partner_key
    and added.as_of_date = partner_csi.as_of_date
where abs(added.csi - partner_csi.csi) > 1e-9
