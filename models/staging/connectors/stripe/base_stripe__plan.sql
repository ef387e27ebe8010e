{{ base_table('stripe', 'plan') }}
