{{ used_stream('setup_events') }}
