{{ base_stream('files', 'tickets') }}
