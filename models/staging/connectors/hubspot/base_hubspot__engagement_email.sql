{{ base_table('hubspot', 'engagement_email') }}
