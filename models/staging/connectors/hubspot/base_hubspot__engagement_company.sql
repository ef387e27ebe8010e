{{ base_table('hubspot', 'engagement_company') }}
