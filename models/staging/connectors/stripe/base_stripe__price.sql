{{ base_table('stripe', 'price') }}
