{{ dated_stream('subscriptions') }}
