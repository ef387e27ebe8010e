{{ used_stream('subscriptions') }}
