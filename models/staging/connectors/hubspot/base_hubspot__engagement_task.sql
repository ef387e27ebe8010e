{{ base_table('hubspot', 'engagement_task') }}
