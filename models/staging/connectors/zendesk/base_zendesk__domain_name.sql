{{ base_table('zendesk', 'domain_name') }}
