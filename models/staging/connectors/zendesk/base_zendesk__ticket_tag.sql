{{ base_table('zendesk', 'ticket_tag') }}
