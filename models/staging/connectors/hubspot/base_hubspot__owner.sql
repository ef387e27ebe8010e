{{ base_table('hubspot', 'owner') }}
