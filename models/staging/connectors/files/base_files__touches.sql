{{ base_stream('files', 'touches') }}
