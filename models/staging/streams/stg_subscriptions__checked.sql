{{ checked_stream('subscriptions') }}
