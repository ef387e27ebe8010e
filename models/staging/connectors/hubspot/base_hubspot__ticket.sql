{{ base_table('hubspot', 'ticket') }}
