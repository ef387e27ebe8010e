{{ base_table('hubspot', 'engagement_contact') }}
