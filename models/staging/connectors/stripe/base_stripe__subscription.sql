{{ base_table('stripe', 'subscription') }}
