{{ checked_stream('setup_events') }}
