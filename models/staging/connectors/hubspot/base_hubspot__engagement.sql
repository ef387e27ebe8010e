{{ base_table('hubspot', 'engagement') }}
