{{ dated_stream('setup_events') }}
