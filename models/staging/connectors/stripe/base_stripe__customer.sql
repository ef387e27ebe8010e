{{ base_table('stripe', 'customer') }}
