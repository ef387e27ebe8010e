-- Question: what commission did partners earn? Grain: version of a reward.
-- The seed source_values says which statuses are cost; a declined or pending reward is
-- counted as deleted, and a status it does not know is refused.
with

rewards as (

    select * from {{ ref('base_partnerstack__rewards') }}

),

partnerships as (

    select
        connection,
        key,
        max(partner_key) as partner_key
    from {{ ref('base_partnerstack__partnerships') }}
    group by connection, key

),

earned as (

    select
        rewards.*,
        coalesce(rewards.partner_key, partnerships.partner_key) as earned_by,
        case
            when lower(rewards.test) = 'true' or lower(rewards.is_removed) = 'true'
                then 'true'
            else {{ translated(
                'partnerstack', 'partner_costs.is_deleted', 'rewards.reward_status'
            ) }}
        end as is_no_cost
    from rewards
    left join partnerships
        on rewards.connection = partnerships.connection
        and rewards.partnership_key = partnerships.key

),

final as (

    select
        {{ stream_row('partner_costs', {
            'source': 'connection',
            'source_id': 'key',
            'partner_id': 'earned_by',
            'kind': "'commission'",
            'amount': from_hundredths('amount'),
            'currency': "coalesce(upper(currency), 'USD')",
            'incurred_at': from_milliseconds('created_at'),
            'updated_at': 'coalesce(version_at, ' ~ from_milliseconds('updated_at')
                ~ ', synced_at)',
            'is_deleted': 'is_no_cost',
        }) }}
    from earned

)

select * from final
