{{ base_stream('files', 'subscriptions') }}
