{{ base_stream('files', 'setup_events') }}
