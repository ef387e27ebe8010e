{{ base_table('zendesk', 'satisfaction_rating') }}
