{{ base_table('zendesk', 'ticket_metric') }}
