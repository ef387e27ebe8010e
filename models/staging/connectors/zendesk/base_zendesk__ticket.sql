{{ base_table('zendesk', 'ticket') }}
