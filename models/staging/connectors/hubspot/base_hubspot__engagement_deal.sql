{{ base_table('hubspot', 'engagement_deal') }}
