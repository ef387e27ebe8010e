{{ base_stream('files', 'relationships') }}
