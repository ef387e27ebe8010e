{{ base_table('stripe', 'product') }}
