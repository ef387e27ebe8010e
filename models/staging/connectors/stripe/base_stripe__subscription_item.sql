{{ base_table('stripe', 'subscription_item') }}
