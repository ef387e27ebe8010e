{{ base_table('hubspot', 'contact') }}
