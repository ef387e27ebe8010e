{{ base_table('hubspot', 'engagement_meeting') }}
