{{ base_table('hubspot', 'engagement_note') }}
