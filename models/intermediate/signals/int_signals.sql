-- Question: what was known of an account on each month-end, signal by signal? Grain:
-- month-end, account and signal; what is unknown has no row. Some 25 rows an
-- account-month: one scan of each topic a signal, without any join.
{% set topics = {
    'int_signals_people': {
        'champion_left_days': 'champion_left_date', 'champions_present': none
    },
    'int_signals_rhythm': {'partner_quiet_ratio': none, 'advisor_quiet_ratio': none},
    'int_signals_touches': {
        'days_since_touch': none, 'expansion_touches_180d': none,
        'implementation_partner': none
    },
    'int_signals_partners': {
        'partners_live': none, 'depth_max': none, 'partner_overlap': none,
        'technologies_in_use': none
    },
    'int_signals_usage': {
        'usage_change': none, 'usage_level': none, 'usage_momentum': none,
        'trial_usage': none
    },
    'int_signals_tickets': {
        'escalations_90d': 'escalated_date', 'tickets_change': none
    },
    'int_signals_csat': {'csat_90d': none},
    'int_signals_voices': {
        'nps_latest': 'nps_date', 'nps_change': 'nps_date', 'advocacy_180d': none
    },
    'int_signals_profile': {
        'employees': none, 'days_to_renewal': none, 'need_uncovered_pct': none
    },
    'int_signals_integrations': {
        'integrations_on': none, 'integrations_off_180d': 'integration_off_date'
    },
    'int_signals_setup': {
        'security_steps_passed': none, 'security_steps_pending': none,
        'data_ready': none, 'admin_active_30d': none
    },
    'int_signals_deals': {'prior_deals_lost': none, 'open_deals': none},
    'int_signals_buying_groups': {
        'buying_group_size': none, 'decision_makers': none
    },
    'int_signals_demand': {
        'intent_heat': none, 'marketing_heat': none, 'community_heat': none,
        'marketplace_heat': none, 'partner_heat': none, 'news_heat': none
    },
} %}
with

final as (

    {{ unpivot_signals(topics) | indent(4) }}

)

select * from final
