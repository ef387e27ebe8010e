{{ base_table('hubspot', 'deal') }}
