{{ base_table('hubspot', 'engagement_call') }}
