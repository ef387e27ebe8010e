{{ base_table('zendesk', 'user') }}
